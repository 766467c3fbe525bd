#!/bin/bash
# PID 1 of a namespace that stands for a machine: its own mounts, a /dev without kvm (where it is there and cannot run a
# guest, probing it would lie), libvirtd. The caller made the namespaces; with the first process of its own, all of
# them go.
set -euo pipefail
name=$1 folder=$2
exec 2>>"$folder/init.log"

# The network is plugged in from outside; until then there is only a number to wait for.
until [ -e "$folder/plugged" ]; do sleep 0.01; done

mount --make-rprivate /
hostname "$name"
mount -t proc proc /proc
mount -t sysfs sysfs /sys || true # Not everywhere; libvirtd does without.
mount -t tmpfs tmpfs /run
mkdir -p /run/libvirt /run/lock /etc/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
mount --bind "$folder/run" /run/libvirt
mount --bind "$folder/etc" /etc/libvirt
mount --bind "$folder/lib" /var/lib/libvirt
mount --bind "$folder/log" /var/log/libvirt
mount --bind "$folder/cache" /var/cache/libvirt
mount --bind "$folder/hosts" /etc/hosts
mount --bind "$folder/hostname" /etc/hostname

dev=$folder/dev
mkdir -p "$dev"
mount -t tmpfs -o mode=755 tmpfs "$dev"
for file in null zero full random urandom tty; do
  touch "$dev/$file"
  mount --bind "/dev/$file" "$dev/$file"
done
mkdir -p "$dev/pts" "$dev/shm" "$dev/net"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$dev/pts"
mount -t tmpfs tmpfs "$dev/shm"
ln -s pts/ptmx "$dev/ptmx"
ln -s /proc/self/fd "$dev/fd"
for file in net/tun fuse; do
  [ -e "/dev/$file" ] || continue
  touch "$dev/$file"
  mount --bind "/dev/$file" "$dev/$file"
done
mount --rbind "$dev" /dev

libvirtd --listen --timeout 0 >>/var/log/libvirt/stdout.log 2>&1 &
# Whatever loses its parent in here becomes ours to wait for.
while :; do wait -n 2>/dev/null || sleep 0.2; done
