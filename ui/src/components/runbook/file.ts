/** Which file a runbook is written in, and its title as a person reads it before it is about something. */
import type { FileText } from '$lib/api/bindings';

/** The path of the runbook `name`; `undefined` where no file says that it is that. A drill only says which one it rehearses. */
export function fileOf(files: readonly Pick<FileText, 'path' | 'text'>[], name: string): string | undefined {
  return files.find(({ text }) => !/^drill:/m.test(text) && /^runbook:[ \t]*["']?([^"'\s#]+)/m.exec(text)?.[1] === name)?.path;
}

/** `Roll back {{ service }} to {{ target.version }}` as `Roll back the service to the target version`. */
export function readable(title: string): string {
  return title.replaceAll(/\{\{\s*([\w.-]+)\s*\}\}/g, (_, hole: string) => `the ${hole.replace(/^inputs\./, '').replaceAll(/[._-]/g, ' ')}`);
}
