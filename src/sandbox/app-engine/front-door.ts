import { createServer, type Server } from 'node:http';
import { choose } from './choose.ts';
import { isCron } from './cron/visit.ts';
import type { Fleet } from './fleet.ts';
import { dropForged } from './headers.ts';
import type { Registry } from './registry.ts';
import type { Routing } from './routing.ts';

/** Where users come in: every request goes to one version of a service, as the traffic split says. */
export function frontDoor(registry: Registry, fleet: Fleet, routing: Routing): Server {
  return createServer((request, response) => {
    if (!isCron(request)) dropForged(request);
    const choice = choose(registry, routing, request);
    if (choice) {
      void fleet.serve(choice.service, choice.version, request, response, choice.cookie);
      return;
    }
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('Nothing is deployed here yet: the default service has no version.\n');
  });
}
