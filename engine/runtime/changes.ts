/** Counts the changes of a chat's text and of what is held of it, and ends what was begun on it as it was. */
export class Changes {
  private letGo: () => void = () => undefined;
  /** Of either. */
  count = 0;
  /** Of the text alone. */
  texts = 0;

  /** `letGo` is called once, as the next change comes or the chat is left. */
  untilNext(letGo: () => void): void {
    this.letGo = letGo;
  }

  /** Less is held of the same text; what made it so ends by itself. */
  compacted(): void {
    this.count++;
  }

  next(): void {
    this.count++;
    this.texts++;
    const { letGo } = this;
    this.letGo = () => undefined;
    letGo();
  }
}
