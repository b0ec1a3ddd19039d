import { type ChangeEvent, useRef } from 'react';
import { IconButton } from '../shell/IconButton.js';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';

/** Lets the user choose files; what kind they are is told by what is in them. */
export function AttachButton() {
  const chooser = useRef<HTMLInputElement>(null);
  const onChange = ({ target }: ChangeEvent<HTMLInputElement>) => {
    void actions.attachFiles([...(target.files ?? [])]);
    // The same file can be chosen again.
    target.value = '';
    actions.focusInput();
  };
  return (
    <>
      <IconButton icon="attach" label={t('attachments.attach')} onClick={() => chooser.current?.click()} />
      <input ref={chooser} type="file" multiple hidden onChange={onChange} />
    </>
  );
}
