import { render } from 'preact';
import { App } from './App.tsx';
import { loadSandbox } from './api.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('The page needs an element with the id "app".');

try {
  const sandbox = await loadSandbox();
  const first = sandbox.people[0];
  if (first === undefined) throw new Error('The sandbox names no people to be in this chat.');
  render(<App initial={sandbox} first={first} />, root);
} catch (error) {
  render(<p class="fatal">{error instanceof Error ? error.message : String(error)}</p>, root);
}
