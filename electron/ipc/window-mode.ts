/** What the one window is: itself, the small one, or itself again, after the small one was put away. */
export type WindowMode = 'whole' | 'quick' | 'away';
