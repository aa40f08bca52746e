import { setupsAt } from './market.js';

/** Which of the hour's setups somebody has approved; a new hour brings new setups. */
export class Approvals {
  #expires = '';
  #ids = new Set();

  /** The hour's setups, with whether they are approved. */
  setups(time) {
    const ids = this.#of(time);
    return setupsAt(time).map((setup) => ({ ...setup, approved: ids.has(setup.id) }));
  }

  /** @returns whether it was not approved before */
  add(time, id) {
    const ids = this.#of(time);
    if (ids.has(id)) return false;
    ids.add(id);
    return true;
  }

  #of(time) {
    const [{ expires }] = setupsAt(time);
    if (this.#expires !== expires) {
      this.#expires = expires;
      this.#ids = new Set();
    }
    return this.#ids;
  }
}
