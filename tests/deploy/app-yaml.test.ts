import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAppYaml } from '../../src/deploy/index.ts';

async function read(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-yaml-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'app.yaml'), text);
  return readAppYaml(folder);
}

describe('app.yaml becomes what gcloud sends', () => {
  it('least of all', async () => {
    await expect(read('runtime: nodejs20\n')).resolves.toMatchObject({
      service: 'default',
      runtime: 'nodejs20',
      environment: 'standard',
      body: { entrypoint: { shell: '' }, runtime: 'nodejs20' },
    });
  });
  it('with everything that is known', async () => {
    const { service, body } = await read(`
runtime: nodejs20
service: shop
entrypoint: exec node server.js
instance_class: F2
service_account: me@example.com
inbound_services: [warmup]
env_variables: {FAIL_RATE: '0.2', SLOW_MS: 400}
build_env_variables: {A: b}
automatic_scaling:
  min_instances: 1
  max_instances: 5
  target_cpu_utilization: 0.65
  min_idle_instances: automatic
  max_pending_latency: 30ms
  min_pending_latency: automatic
handlers:
- url: /static
  static_dir: public/
  secure: always
  expiration: 1d 2h
  http_headers: {X-Frame: yes, X-Rate: 1.50}
- url: /(.*\\.png)
  static_files: img/\\1
  upload: img/.*\\.png
- url: /.*
  script: auto
  login: optional
`);
    expect(service).toBe('shop');
    expect(body).toEqual({
      runtime: 'nodejs20',
      entrypoint: { shell: 'node server.js' },
      instanceClass: 'F2',
      serviceAccount: 'me@example.com',
      inboundServices: ['INBOUND_SERVICE_WARMUP'],
      envVariables: { FAIL_RATE: '0.2', SLOW_MS: '400' },
      buildEnvVariables: { A: 'b' },
      automaticScaling: {
        standardSchedulerSettings: { minInstances: 1, maxInstances: 5, targetCpuUtilization: 0.65 },
        minIdleInstances: 0,
        maxPendingLatency: '0.03s',
      },
      handlers: [
        {
          urlRegex: '/static/(.*)',
          securityLevel: 'SECURE_ALWAYS',
          staticFiles: {
            path: 'public/\\1',
            uploadPathRegex: 'public/.*',
            expiration: '93600s',
            httpHeaders: { 'X-Frame': 'true', 'X-Rate': '1.5' },
          },
        },
        {
          urlRegex: '/(.*\\.png)',
          securityLevel: 'SECURE_OPTIONAL',
          staticFiles: { path: 'img/\\1', uploadPathRegex: 'img/.*\\.png' },
        },
        { urlRegex: '/.*', securityLevel: 'SECURE_OPTIONAL', script: { scriptPath: 'auto' } },
      ],
    });
  });
  it('the other kinds of scaling', async () => {
    const basic = await read('runtime: nodejs20\nbasic_scaling: {max_instances: 3, idle_timeout: 10m}\n');
    expect(basic.body.basicScaling).toEqual({ maxInstances: 3, idleTimeout: '600s' });
    const manual = await read('runtime: nodejs20\nmanual_scaling: {instances: 2}\n');
    expect(manual.body.manualScaling).toEqual({ instances: 2 });
  });
  it.each([
    ['yes', 'True'],
    ['off', 'False'],
    ['010', '8'],
    ['1_000', '1000'],
    ['12:34:56', '45296'],
    ['1.10', '1.1'],
    ['1e3', '1000.0'],
    ['1e20', '1e+20'],
    ['0.00001', '1e-05'],
    ['0x1F', '31'],
    ['~', 'None'],
    ['', 'None'],
    ['"010"', '010'],
    ['.inf', 'inf'],
    ['2024-02-29', '2024-02-29'],
    ['2024-02-29T10:20:30Z', '2024-02-29 10:20:30'],
  ])('the value %s as the text %s', async (written, text) => {
    const { body } = await read(`runtime: nodejs20\nenv_variables:\n  A: ${written}\n`);
    expect(body.envVariables).toEqual({ A: text });
  });
  it('says nothing of what is empty', async () => {
    const { body } = await read('runtime: nodejs20\nautomatic_scaling:\nhandlers: []\nenv_variables: {}\n');
    expect(body).toEqual({ entrypoint: { shell: '' }, runtime: 'nodejs20' });
    expect((await read('runtime: nodejs20\nautomatic_scaling: {}\n')).body.automaticScaling).toEqual({});
  });
});

describe('a mistake is told with its line', () => {
  it.each([
    [
      'runtime: nodejs20\nenv_variabels: {A: b}\n',
      /line 2: "env_variabels" is not .* Did you mean "env_variables"\?/,
    ],
    [
      'runtime: nodejs20\nautomatic_scaling:\n  max_instance: 3\n',
      /line 3: .* Did you mean "max_instances"\?/,
    ],
    [
      'runtime: nodejs20\nautomatic_scaling:\n  max_instances: many\n',
      /line 3: .*max_instances must be a whole number, but it is "many"/,
    ],
    [
      'runtime: nodejs20\nbasic_scaling: {idle_timeout: 10}\n',
      /line 2: .*idle_timeout must be a duration such as 90s or 10m, but it is "10"/,
    ],
    [
      'runtime: nodejs20\nbasic_scaling: {max_instances: 1}\nmanual_scaling: {instances: 1}\n',
      /more than one kind of scaling/,
    ],
    ['service: shop\n', /names no runtime: add a line such as "runtime: nodejs22"/],
    ['runtime: nodejs20\nversion: v1\n', /line 2: "version" does not belong here .*delete the line/],
    ['runtime: nodejs20\nruntime: nodejs22\n', /line 2: "runtime" is given twice/],
    ['runtime: [nodejs20\n', /line \d: /],
    ['runtime: nodejs20\n---\nruntime: nodejs20\n', /more than one document/],
    ['just words\n', /must be a map of settings/],
    ['', /is empty, but it must be a map of settings/],
    [
      'runtime: nodejs20\nenv_variables:\n  A: [1, 2]\n',
      /line 3: env_variables.A must be a single value, but it is a list/,
    ],
    ['runtime: nodejs20\nhandlers:\n- url: /x\n', /line 3: the handler of "\/x" needs exactly one of/],
    ['runtime: nodejs20\nenv_variables: &a {A: b}\n', /line 2: "&a" is an anchor/],
    ['runtime: nodejs20\nservice: *a\n', /line 2: /],
    ['runtime: nodejs20\n<<: {a: b}\n', /line 2: "<<" cannot be used here/],
    ['runtime: nodejs20\nenv_variables:\n  A:\tb\n', /line 3: there is a tab outside of quotes/],
    ['runtime: nodejs20\nenv_variables: {A: \u0001}\n', /line 2: the character U\+0001 cannot stand in YAML/],
    ['runtime: nodejs20\nenv_variables: {A: x\u2028y}\n', /line 2: the character U\+2028 cannot stand/],
    ['runtime: nodejs20\nenv_variables: {A: x\u0085y}\n', /line 2: the character U\+0085 cannot stand/],
    [
      'runtime: nodejs20\nenv_variables: {A: 2023-02-29}\n',
      /line 2: env_variables.A is "2023-02-29", .*in quotes/,
    ],
    ['runtime: nodejs20\nenv_variables: {A-B: 1}\n', /line 2: "A-B" in env_variables is no name/],
    ['runtime: nodejs20\nenv_variables: {A:}\n', /line 2: "A:" has its colon too close/],
    [
      'runtime: nodejs20\nthreadsafe: true\n',
      /line 2: "threadsafe" does not belong here \(nodejs20 has no such switch/,
    ],
    [
      'runtime: nodejs20\nlibraries: [{name: six, version: latest}]\n',
      /line 2: "libraries" does not belong here/,
    ],
    ['runtime: custom\n', /line 1: runtime custom is one of flex/],
    ['runtime: nodejs20.1\n', /line 1: runtime must be a name .* "nodejs20\.1"/],
    ['runtime: nodejs20\nincludes: [gone.yaml]\n', /line 2: includes names gone\.yaml, which is not there/],
    ['runtime: nodejs20\nbuiltins: [{mapreduced: on}]\n', /line 2: "mapreduced" is no builtin of nodejs20/],
    [
      'runtime: nodejs20\nhandlers:\n- {url: /a(b), static_dir: c}\n',
      /line 3: the url "\/a\(b\)" of a static_dir cannot have groups/,
    ],
    [
      'runtime: nodejs20\nhandlers:\n- {url: /a, static_dir: c, http_headers: {Connection: x}}\n',
      /line 3: the header "Connection" cannot be set/,
    ],
    [
      'runtime: nodejs\nenv: flex\nautomatic_scaling: {cool_down_period_sec: 5}\n',
      /line 3: automatic_scaling.cool_down_period_sec must be 60 or more/,
    ],
    [
      'runtime: nodejs20\ninbound_services: [warmpu]\n',
      /line 2: inbound_services\[0\] must be mail, .* or warmup, but it is "warmpu"/,
    ],
  ])('%j', async (text, sentence) => {
    const reading = read(text);
    await expect(reading).rejects.toMatchObject({ kind: 'invalid' });
    await expect(reading).rejects.toThrow(sentence);
  });
  it('a folder without app.yaml', async () => {
    await expect(readAppYaml(join(tmpdir(), 'no-such-folder'))).rejects.toThrow(
      /^There is no app\.yaml in .*name the folder/,
    );
  });
});
