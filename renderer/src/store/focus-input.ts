export const INPUT_ID = 'message-input';

export function focusInput(): void {
  document.getElementById(INPUT_ID)?.focus();
}
