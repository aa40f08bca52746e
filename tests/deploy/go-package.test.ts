import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goPackage } from '../../src/deploy/go-package.ts';
import { temporaryFolder } from './local-app-engine.ts';

async function found(files: Readonly<Record<string, string>>): Promise<string | undefined> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return goPackage(folder);
}

describe('the Go package of a folder', () => {
  it.each([
    ['behind comments', { 'a.go': '// x\n\n/* package y */ package main\n' }, 'main'],
    ['with its tests beside it', { 'a.go': 'package main', 'a_test.go': 'package main_test' }, 'main'],
    ['of files for this system only', { 'a_linux.go': 'package main', 'b_windows.go': 'package x' }, 'main'],
    [
      'without those set apart',
      { 'a.go': 'package main', '_b.go': 'package x', '.c.go': 'package x' },
      'main',
    ],
    ['with a constraint', { 'a.go': '//go:build linux && !(arm64 || windows)\npackage main' }, 'main'],
    [
      'without what is not built',
      { 'a.go': '//go:build ignore\n\npackage x', 'b.go': 'package main' },
      'main',
    ],
    [
      'with the old form',
      { 'a.go': '// +build windows,!cgo\n\npackage x', 'b.go': '// +build linux go1.22\n\npackage main' },
      'main',
    ],
    ['beside documentation', { 'doc.go': 'package documentation', 'a.go': 'package main' }, 'main'],
    ['that is not there', { 'a_windows.go': 'package main', 'main.py': '' }, undefined],
  ])('%s', async (_, files, expected) => {
    expect(await found(files)).toBe(expected);
  });

  it('is one', async () => {
    await expect(found({ 'a.go': 'package main', 'b.go': 'package x' })).rejects.toThrow(
      /two Go packages, main \(a\.go\) and x \(b\.go\)/,
    );
  });

  it('is said by each file', async () => {
    await expect(found({ 'a.go': 'package main', 'b.go': '' })).rejects.toThrow(
      /b\.go does not begin with a package/,
    );
  });
});
