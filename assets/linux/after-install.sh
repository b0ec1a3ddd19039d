#!/bin/sh
set -e

app='/opt/${sanitizedProductName}'
ln -sf "$app/resources/bin/${executable}" '/usr/bin/${executable}'

# Chromium confines pages by user namespaces, or by this program of root's where the kernel lets users have none.
chmod 4755 "$app/chrome-sandbox"

# Ubuntu lets only programs with a profile have user namespaces. Older AppArmor does not know the profile, nor need it.
profile="$app/resources/apparmor-profile"
if apparmor_status --enabled >/dev/null 2>&1 && apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1; then
  cp -f "$profile" '/etc/apparmor.d/${executable}'
  apparmor_parser --replace --write-cache --skip-read-cache '/etc/apparmor.d/${executable}' || true
fi

for update in 'update-mime-database /usr/share/mime' 'update-desktop-database /usr/share/applications' 'gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor'; do
  if command -v "${update%% *}" >/dev/null 2>&1; then $update || true; fi
done
