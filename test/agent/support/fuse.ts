/**
 * Counts the points that an agent passes: before and after each call of its store and of its hypervisor. Something can
 * be made to happen at one of them; where the fuse blows there, nothing that the agent calls is carried out or answered
 * from then on.
 */
export class Fuse {
  #passed = 0;
  #due = Number.POSITIVE_INFINITY;
  #act: () => void = () => undefined;
  #isDeadly = false;
  #reached = false;

  /** Whether the point was passed that was waited for. */
  get reached(): boolean {
    return this.#reached;
  }

  /** Blows at the nth point from now on. */
  arm(points: number, blow: () => void): void {
    this.at(points, blow);
    this.#isDeadly = true;
  }

  /** Acts at the nth point from now on, and the agent knows nothing of it. */
  at(points: number, act: () => void): void {
    this.#due = this.#passed + points;
    this.#act = act;
  }

  /** Throws once it has blown. */
  async through<T>(call: () => T | Promise<T>, dead: () => Error): Promise<T> {
    this.#pass(dead);
    const result = await call();
    this.#pass(dead);
    return result;
  }

  #pass(dead: () => Error): void {
    this.#passed += 1;
    if (this.#passed === this.#due) {
      this.#reached = true;
      this.#act();
    }
    if (this.#reached && this.#isDeadly) throw dead();
  }
}
