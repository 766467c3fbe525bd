#!/bin/sh
# What fence_ipmilan and its kin call in place of ipmitool. They hand a password over as `-P`, where every user of the
# machine can read it. So they are given none, and say `-P ''`: that becomes `-E`, which takes it from the environment,
# readable to this user and root alone. And ipmitool ends with the agent that called it, so that nothing of an agent
# that was ended goes on switching.
set -eu
count=$#
while [ "$count" -gt 0 ]; do
  word=$1
  shift
  count=$((count - 1))
  if [ "$word" = -P ] && [ "$count" -gt 0 ] && [ -z "$1" ]; then
    shift
    count=$((count - 1))
    word=-E
  fi
  set -- "$@" "$word"
done
exec /usr/bin/setpriv --pdeathsig KILL -- /usr/bin/ipmitool "$@"
