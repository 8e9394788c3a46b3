/** A resource locator's value. */
export const byId = (value: string) => ({ __rl: true, mode: 'id', value });
