#!/bin/bash
# Makes the smallest guest that has a console, obeys its power button and lets its memory be ballooned: Debian's cloud
# kernel and busybox. Usage: make-guest.sh FOLDER
set -euo pipefail
out=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ { print $2 }')
apt-get -q download "$package" >&2
dpkg-deb -x linux-image-*.deb kernel
cp kernel/boot/vmlinuz-* "$out/vmlinuz"
drivers=$(echo kernel/lib/modules/*/kernel/drivers)

mkdir -p root/{bin,dev,proc,sys,etc/acpi/PWRF,modules}
cp /bin/busybox root/bin/busybox
for name in sh mount insmod acpid poweroff reboot cat echo sleep; do ln -s busybox "root/bin/$name"; done
modules="input/evdev acpi/button virtio/virtio_ring virtio/virtio virtio/virtio_pci_legacy_dev
  virtio/virtio_pci_modern_dev virtio/virtio_pci virtio/virtio_balloon block/virtio_blk"
: >root/modules/order
for module in $modules; do
  # Some are built into some kernels.
  [ -e "$drivers/$module.ko" ] || continue
  cp "$drivers/$module.ko" root/modules/
  basename "$module.ko" >>root/modules/order
done

cat >root/init <<'INIT'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module" 2>/dev/console; done </modules/order
acpid -f -l /dev/null &
buttons=$!
until busybox ls -l "/proc/$buttons/fd" | busybox grep -q input; do sleep 0.1; done
boot=$(cat /proc/sys/kernel/random/boot_id)
echo "GUEST-UP $boot $(busybox date +%s)" >/dev/console
count=0
while :; do
  count=$((count + 1))
  echo "GUEST-ALIVE $boot $count"
  if [ -b /dev/vda ]; then
    echo "$boot $count" | busybox dd of=/dev/vda bs=512 seek=$count conv=sync,fsync 2>/dev/null
    echo $count >/written
  fi
  sleep 1
done >/dev/console &
# Whether all that was ever written to it is there.
read_disk() {
  echo 3 >/proc/sys/vm/drop_caches
  last=$(cat /written)
  number=0
  while [ $number -lt $last ]; do
    number=$((number + 1))
    sector=$(busybox dd if=/dev/vda bs=512 skip=$number count=1 2>/dev/null | busybox tr -d '\000')
    [ "$sector" = "$boot $number" ] || echo "GUEST-LOST $number"
  done
  echo "GUEST-DISK $boot $last"
}
while :; do
  read -r word
  [ "$word" != deaf ] || kill $buttons
  [ "$word" != disk ] || read_disk
  echo "GUEST-HEARD $word"
  case $word in
    off) poweroff -f ;;
    panic) echo c >/proc/sysrq-trigger ;;
  esac
done </dev/console >/dev/console
INIT
printf '#!/bin/sh\necho GUEST-POWEROFF >/dev/console\npoweroff -f\n' >root/etc/acpi/PWRF/00000080
chmod +x root/init root/etc/acpi/PWRF/00000080
(cd root && find . | sort | cpio -o -H newc --quiet | gzip -9n) >"$out/initrd.gz"
