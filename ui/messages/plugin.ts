/** Builds the window in another language: `LASTGOOD_LANGUAGE=de` takes what `messages/de.json` has, and English for the rest. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { inOther, textsOf } from './texts.ts';

export function inLanguage(language: string | undefined, folder: string): Plugin[] {
  if (language === undefined || language === '' || language === 'en') return [];
  const words = JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')) as Record<string, string>;
  return [
    {
      name: 'lastgood-language',
      enforce: 'pre',
      transform(source, id) {
        const [file = ''] = id.split('?');
        if (file !== id || !/\/src\/.*\.(svelte|ts)$/.test(file)) return undefined;
        return { code: inOther(source, textsOf(file, source), (text) => words[text]), map: null };
      },
      transformIndexHtml: (page) => page.replace(/<html lang="[^"]*"/, `<html lang="${language}"`),
    },
  ];
}
