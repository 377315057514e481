// What the scenarios ask of a connected client, whichever generation of the SDK it is of.
import { deferred } from "./transcript.mjs";

export const RECONNECTION = {
  initialReconnectionDelay: 20,
  maxReconnectionDelay: 200,
  reconnectionDelayGrowFactor: 1.5,
  maxRetries: 5,
};

/** The capabilities of a client that has those answers. */
export function capabilities(answers) {
  const declared = {};
  if (answers["elicitation/create"]) declared.elicitation = { form: {}, url: {} };
  if (answers["sampling/createMessage"]) declared.sampling = {};
  if (answers["roots/list"]) declared.roots = { listChanged: true };
  return declared;
}

export class Session {
  #listening = deferred();
  #answers = [];

  constructor(client, transcript) {
    this.client = client;
    this.transcript = transcript;
  }

  /** A `fetch` that knows when the stream for the server's own messages is open. */
  fetch = async (url, init) => {
    const response = await fetch(url, init);
    if ((init?.method ?? "GET") === "GET" && response.ok) this.#listening.resolve();
    return response;
  };

  /** Hooks into the transport before the client does. */
  watch(transport) {
    this.transport = transport;
    transport.onmessage = (message) => {
      if (message.method !== undefined) this.transcript.receive(message);
      else this.#answers.splice(0).forEach((waiting) => waiting.resolve(message));
    };
    return transport;
  }

  /** Resolves when the client's GET stream is open. */
  listening() {
    return this.#listening.promise;
  }

  /** The next response, as it comes. */
  answer() {
    const waiting = deferred();
    this.#answers.push(waiting);
    return waiting.promise;
  }

  protocolVersion() {
    return this.transport.protocolVersion;
  }

  /** Goes away without a word, so that the session stays. */
  leave() {
    const left = { sessionId: this.transport.sessionId, protocolVersion: this.protocolVersion() };
    this.client.close();
    return left;
  }

  /** Ends the session, where there is one, and goes away. */
  async close() {
    if (this.transport.sessionId) await this.transport.terminateSession();
    await this.client.close();
  }
}
