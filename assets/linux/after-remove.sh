#!/bin/sh
set -e

# dpkg says "upgrade" when another version follows, rpm 1.
case "$1" in
  remove | purge | 0) ;;
  *) exit 0 ;;
esac

rm -f '/usr/bin/${executable}'
if [ -f '/etc/apparmor.d/${executable}' ]; then
  apparmor_parser --remove '/etc/apparmor.d/${executable}' 2>/dev/null || true
  rm -f '/etc/apparmor.d/${executable}'
fi
for update in 'update-mime-database /usr/share/mime' 'update-desktop-database /usr/share/applications'; do
  if command -v "${update%% *}" >/dev/null 2>&1; then $update || true; fi
done

if [ "$1" = purge ] || [ "$1" = 0 ]; then
  echo "What people wrote with ${sanitizedProductName} stays: chats, settings and converted models are in ~/.config/${sanitizedProductName} of each of them. Delete that folder to be rid of it."
fi
