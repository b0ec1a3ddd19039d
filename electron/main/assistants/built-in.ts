import { z } from 'zod';
import contents from '../../../assets/assistants.json' with { type: 'json' };
import type { Language } from '../../../locales/languages.js';
import { type Assistant, assistant } from '../../ipc/assistant-contract.js';

const { name, description } = assistant.shape;
const builtIn = z.strictObject({
  assistants: z.array(
    assistant.extend({
      name: z.strictObject({ en: name, de: name }),
      description: z.strictObject({ en: description.unwrap(), de: description.unwrap() }),
    }),
  ),
});

const { assistants } = builtIn.parse(contents);

/** Those that come with the app, named in the user's language. */
export function builtInAssistants(language: Language): Assistant[] {
  return assistants.map((each) => ({
    ...each,
    name: each.name[language],
    description: each.description[language],
  }));
}
