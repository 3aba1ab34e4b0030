import { Unanswered, type Client } from '$lib/api/client';

/** Whether the engine answers, as the last call found it. What asks goes through {@link Reach.client}. */
export class Reach {
  /** The last call was answered by nobody. */
  away = $state(false);
  readonly client: Client;

  constructor(client: Client) {
    this.client = {
      watchRun: (run, listener) => client.watchRun(run, listener),
      call: async (name, request) => {
        try {
          const answer = await client.call(name, request);
          this.away = false;
          return answer;
        } catch (thrown) {
          this.away = thrown instanceof Unanswered;
          throw thrown;
        }
      },
    };
  }
}
