/** Counts the changes of a chat's text and of what is held of it, and ends what was begun on it as it was. */
export class Changes {
  private letGo: () => void = () => undefined;
  count = 0;

  /** `letGo` is called once, as the next change comes or the chat is left. */
  untilNext(letGo: () => void): void {
    this.letGo = letGo;
  }

  next(): void {
    this.count++;
    const { letGo } = this;
    this.letGo = () => undefined;
    letGo();
  }
}
