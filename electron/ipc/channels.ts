import type { CallName } from './contract.js';

/** One `ipcMain.handle` channel for each call of the contract. */
export function callChannel(name: CallName): string {
  return `pyramid:${name}`;
}

export const ENGINE_STATUS_CHANNEL = 'pyramid:engine-status';
export const MENU_COMMAND_CHANNEL = 'pyramid:menu-command';
export const ENGINE_PORT_CHANNEL = 'pyramid:engine-port';
