import type { Documents } from './documents.ts';
import { isObject, type JsonObject, objectAt, textAt } from './json.ts';
import { Refusal } from './refusal.ts';

export interface Split {
  readonly shardBy: string;
  /** Version id to share of the traffic in (0, 1]; the values sum to 1. */
  readonly allocations: Readonly<Record<string, number>>;
}

export interface Service extends Split {
  readonly id: string;
  /** The split before, and until when it was the one; milliseconds of the sandbox's clock. */
  readonly former?: Split & { readonly until: number };
  /** Fields that are kept and given back but change nothing here: labels, networkSettings. */
  readonly rest: JsonObject;
}

export interface Version {
  readonly service: string;
  readonly id: string;
  /** Milliseconds of the sandbox's clock. */
  readonly createdAt: number;
  readonly stopped: boolean;
  /** Where `versionUrl` listens on 127.0.0.1; kept over a restart when it is still free. */
  readonly port: number;
  readonly diskUsageBytes: number;
  /** The version as it was sent, enums by name. */
  readonly spec: JsonObject;
}

/** The application's resources: what exists, under which name. Knows nothing of processes or of the wire. */
export class Registry {
  readonly project: string;
  readonly #documents: Documents;

  constructor(project: string, documents: Documents) {
    this.project = project;
    this.#documents = documents;
  }

  get appName(): string {
    return `apps/${this.project}`;
  }

  get codeBucket(): string {
    return `staging.${this.project}.appspot.com`;
  }

  get dispatchRules(): readonly JsonObject[] {
    const rules = this.#documents.get('app')?.dispatchRules;
    return Array.isArray(rules) ? rules.filter(isObject) : [];
  }

  setDispatchRules(rules: readonly JsonObject[]): void {
    this.#documents.put('app', { dispatchRules: rules });
  }

  services(): Service[] {
    return this.#documents.list('service/').map(asService);
  }

  findService(id: string): Service | undefined {
    const found = this.#documents.get(`service/${id}`);
    return found && asService(found);
  }

  service(id: string): Service {
    const found = this.findService(id);
    if (!found)
      throw new Refusal('NOT_FOUND', `Could not find service '${id}' in application '${this.project}'.`);
    return found;
  }

  putService(service: Service): void {
    const { former } = service;
    this.#documents.put(`service/${service.id}`, { ...service, former: former && { ...former } });
  }

  deleteService(id: string): void {
    for (const version of this.versions(id)) this.deleteVersion(id, version.id);
    this.#documents.delete(`service/${id}`);
  }

  /** All versions of a service, or of the whole application, oldest first. */
  versions(service?: string): Version[] {
    return this.#documents.list(service === undefined ? 'version/' : `version/${service}/`).map(asVersion);
  }

  findVersion(service: string, id: string): Version | undefined {
    const found = this.#documents.get(`version/${service}/${id}`);
    return found && asVersion(found);
  }

  version(service: string, id: string): Version {
    const found = this.findVersion(service, id);
    if (found) return found;
    this.service(service);
    throw new Refusal(
      'NOT_FOUND',
      `Could not find version '${id}' of service '${service}' in application '${this.project}'.`,
    );
  }

  putVersion(version: Version): void {
    this.#documents.put(`version/${version.service}/${version.id}`, { ...version });
  }

  deleteVersion(service: string, id: string): void {
    this.#documents.delete(`version/${service}/${id}`);
  }
}

function asService(document: JsonObject): Service {
  const { former } = document;
  return {
    id: textAt(document, 'id') ?? '',
    ...asSplit(document),
    ...(isObject(former) && { former: { ...asSplit(former), until: Number(former.until) } }),
    rest: objectAt(document, 'rest'),
  };
}

function asSplit(document: JsonObject): Split {
  return {
    shardBy: textAt(document, 'shardBy') ?? 'UNSPECIFIED',
    allocations: objectAt(document, 'allocations') as Record<string, number>,
  };
}

function asVersion(document: JsonObject): Version {
  return {
    service: textAt(document, 'service') ?? '',
    id: textAt(document, 'id') ?? '',
    createdAt: Number(document.createdAt),
    stopped: document.stopped === true,
    port: Number(document.port),
    diskUsageBytes: Number(document.diskUsageBytes),
    spec: objectAt(document, 'spec'),
  };
}
