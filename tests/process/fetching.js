import { fetchCommit } from '../../dist/host/git-fetch.js';

// Fetches one commit with the built code, as the bot does, so that a test can kill it.
const [repository, ref, commit, folder] = process.argv.slice(2);
await fetchCommit({ repository, ref, commit }, folder);
