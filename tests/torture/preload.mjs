// Loaded into a process before anything of Sluice's: asks, over two pipes, whether it is to die before and after each
// change that it makes in its data folder. Whoever holds the other ends kills it while it waits for the answer. While there
// is a file beside the data folder, of its name with `.fault` behind it, each change fails with the code in that file.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { relative, resolve } from 'node:path';

const ASK = 3;
const ANSWER = 4;
const folder = resolve(process.env.TORTURE_FOLDER ?? '');
const fault = `${folder}.fault`;
const { promises } = fs;
/** Paths of files that are open for appending. */
const appended = new WeakMap();
const reply = Buffer.alloc(1);

/** Waits without letting anything else of the process go on. */
function ask(act, path, moment) {
  const place = relative(folder, resolve(String(path)));
  if (place.startsWith('..')) return 'g';
  if (moment === 'before' && fs.existsSync(fault)) {
    const code = fs.readFileSync(fault, 'utf8');
    throw Object.assign(new Error(`${code}: ${act} '${path}'`), { code });
  }
  fs.writeSync(ASK, `${JSON.stringify([act, place, moment])}\n`);
  fs.readSync(ANSWER, reply, 0, 1, null);
  return reply.toString();
}

for (const [act, of] of [
  ['rename', 1],
  ['rm', 0],
  ['unlink', 0],
  ['writeFile', 0],
  ['truncate', 0],
]) {
  const real = promises[act];
  promises[act] = async (...args) => {
    ask(act, args[of], 'before');
    const result = await real.apply(promises, args);
    ask(act, args[of], 'after');
    return result;
  };
}

const realAppend = promises.appendFile;
promises.appendFile = async (path, data, ...rest) => {
  if (ask('append', path, 'before') === 'h') {
    fs.appendFileSync(path, half(data));
    ask('append', path, 'half');
  }
  await realAppend.call(promises, path, data, ...rest);
  ask('append', path, 'after');
};

const realOpen = promises.open;
promises.open = async (path, flags, ...rest) => {
  if (flags === 'w') ask('write', String(path).replace(/~$/, ''), 'before');
  const file = await realOpen.call(promises, path, flags, ...rest);
  if (typeof flags === 'string' && /^(a|r\+)/.test(flags)) appended.set(file, path);
  return file;
};

const probe = await realOpen.call(promises, process.execPath, 'r');
const prototype = Object.getPrototypeOf(probe);
await probe.close();
for (const act of ['appendFile', 'write', 'writeFile', 'truncate']) {
  const real = prototype[act];
  prototype[act] = async function (data, ...rest) {
    const path = appended.get(this);
    if (path === undefined) return real.call(this, data, ...rest);
    const name = act === 'truncate' ? 'truncate' : 'append';
    if (ask(name, path, 'before') === 'h') {
      fs.writeSync(this.fd, half(data));
      ask(name, path, 'half');
    }
    const result = await real.call(this, data, ...rest);
    ask(name, path, 'after');
    return result;
  };
}
syncBuiltinESMExports();

function half(data) {
  const bytes = Buffer.from(data);
  return bytes.subarray(0, bytes.length >> 1);
}
