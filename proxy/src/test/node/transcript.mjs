// What a scenario saw, in order. Identifiers and times are replaced by names: no two runs have the same.

const RANDOM = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, "<random>"],
  [/\b[0-9a-f]{32}\b/g, "<random>"],
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g, "<moment>"],
  [/\b\d{1,2}:\d{2}:\d{2}( [AP]M)?/g, "<time>"],
];

/** A promise with its handles outside. */
export function deferred() {
  let resolve, reject;
  const promise = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

export class Transcript {
  #steps = [];
  #received = [];
  #hidden = [];
  #waiting = [];

  /** Replaces a random value by a name, wherever it turns up. */
  hide(value, name) {
    if (value) this.#hidden.push([value, `<${name}>`]);
  }

  note(step, value) {
    this.#steps.push([step, value]);
  }

  /** The result of an action, or the error it ended with. */
  async step(name, action) {
    try {
      const result = await action();
      this.note(name, { result });
      return result;
    } catch (error) {
      this.note(name, { error: { code: error.code, message: error.message, data: error.data } });
      return undefined;
    }
  }

  /** A notification or a request of the server. */
  receive(message) {
    this.#received.push(message);
    this.#waiting = this.#waiting.filter(({ count, method, arrived }) => {
      const done = this.count(method) >= count;
      if (done) arrived.resolve();
      return !done;
    });
  }

  /** Leaves out what came and depends on the clock. */
  leaveOut(isLeftOut) {
    this.#received = this.#received.filter((message) => !isLeftOut(message));
  }

  count(method) {
    return this.#received.filter((message) => message.method === method).length;
  }

  /** Resolves when that many messages of the method have arrived. */
  async arrived(method, count = 1) {
    const arrived = deferred();
    if (this.count(method) < count) {
      this.#waiting.push({ count, method, arrived });
      await arrived.promise;
    }
  }

  toString() {
    let text = JSON.stringify({ steps: this.#steps, received: this.#received });
    for (const [value, name] of this.#hidden) text = text.replaceAll(JSON.stringify(value).slice(1, -1), name);
    return RANDOM.reduce((rest, [pattern, name]) => rest.replaceAll(pattern, name), text);
  }
}
