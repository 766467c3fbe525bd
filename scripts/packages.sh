#!/bin/sh
# Installs the missing ones of debian-packages.txt, where this is Debian and we are root. Elsewhere it does nothing:
# scripts/run-tests.ts says which tests that leaves out.
set -eu
cd "$(dirname "$0")/.."

if [ "$(id -u)" != 0 ] || [ ! -e /etc/debian_version ]; then exit 0; fi

missing=
for package in $(sed 's/#.*//' scripts/debian-packages.txt | awk 'NF { print $1 }'); do
  if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
    missing="$missing $package"
  fi
done
if [ -z "$missing" ]; then exit 0; fi

# Some packages start a daemon when they are installed; nobody asked for one. policy-rc.d is Debian's way to say no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

echo "Installing Debian packages:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 -q update
# shellcheck disable=SC2086 # a list of plain words
apt-get -o DPkg::Lock::Timeout=300 -qy install --no-install-recommends $missing
