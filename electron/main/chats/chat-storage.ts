import { EngineError } from '../../../engine/errors.js';
import type { ChatChanges, OpenedChat, Rescue, SearchHit } from '../../ipc/chat-contract.js';
import type { ChatSummary } from '../../ipc/chat-shapes.js';
import { ChatTable } from './chat-table.js';
import { closeDatabase, isNew, openDatabase } from './database.js';
import { generationPath, newestGeneration } from './generations.js';
import { rescueDatabase } from './rescue.js';
import { searchChats } from './search.js';
import { isDamage, storageError } from './storage-error.js';
import type { Database } from './transaction.js';

interface Opened {
  db: Database;
  table: ChatTable;
}

/**
 * The file with the chats. It is opened when it is first needed, and again after a failure to: a folder that was away
 * may be back. Damage, whenever it shows, is answered by a new file with what can be read of the old.
 */
export class ChatStorage {
  readonly #folder: string;
  #opened: Opened | null = null;
  #rescue: Rescue | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param tells whether a rescue counts as told with this */
  list(tells = true): { chats: ChatSummary[]; rescue: Rescue | null } {
    return this.use(({ table }) => {
      const chats = table.list();
      const rescue = this.#rescue;
      if (tells) this.#rescue = null;
      return { chats, rescue };
    });
  }

  read(chatId: string): OpenedChat {
    return this.use(({ table }) => table.read(chatId));
  }

  keep(changes: ChatChanges): void {
    this.use(({ table }) => table.keep(changes));
  }

  search(query: string): SearchHit[] {
    return this.use(({ db }) => searchChats(db, query));
  }

  close(): void {
    if (this.#opened) closeDatabase(this.#opened.db);
    this.#opened = null;
  }

  /**
   * @throws CHATS_DAMAGED after what could be read was rescued; what the window holds can then be kept anew.
   * CHATS_DISK_FULL, CHATS_UNAVAILABLE, CHATS_NEWER
   */
  use<T>(work: (opened: Opened) => T): T {
    try {
      this.#opened ??= this.#open();
      return work(this.#opened);
    } catch (thrown) {
      if (!isDamage(thrown)) throw storageError(thrown, this.#folder);
      this.#opened = this.#inWords(() => this.#startAnew());
      throw damaged(this.#rescue);
    }
  }

  #inWords<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw storageError(thrown, this.#folder);
    }
  }

  #open(): Opened {
    try {
      const generation = newestGeneration(this.#folder);
      const file = generationPath(this.#folder, generation);
      // A rescue that was cut short is begun again.
      if (generation > 1 && isNew(file)) return this.#rescueInto(generation);
      const db = openDatabase(file);
      const table = new ChatTable(db);
      table.purge();
      return { db, table };
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
      return this.#startAnew();
    }
  }

  #startAnew(): Opened {
    closeAnyway(this.#opened?.db);
    this.#opened = null;
    return this.#rescueInto(newestGeneration(this.#folder) + 1);
  }

  #rescueInto(generation: number): Opened {
    const damagedFile = generationPath(this.#folder, generation - 1);
    const { db, rescue } = rescueDatabase(damagedFile, generationPath(this.#folder, generation));
    this.#rescue = rescue;
    return { db, table: new ChatTable(db) };
  }
}

function closeAnyway(db: Database | undefined): void {
  try {
    db?.close();
  } catch {
    // A damaged file may fail at this, too.
  }
}

function damaged(rescue: Rescue | null): EngineError {
  const { chats = 0, messages = 0, setAside = '' } = rescue ?? {};
  return new EngineError(
    'CHATS_DAMAGED',
    `${chats} chats with ${messages} messages were recovered from it. It stays as ${setAside}.`,
    { chats, messages, setAside },
  );
}
