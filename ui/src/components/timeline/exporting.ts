/** What can be chosen about an export or an import, and what it is called. */
import type { ExportFormat, ExportView, ImportForm, Layout, Paper, Redact } from '$lib/api/bindings';

export const FORMATS: { id: ExportFormat; label: string }[] = [
  { id: 'markdown', label: 'Markdown' },
  { id: 'json', label: 'JSON' },
  { id: 'csv', label: 'CSV' },
  { id: 'html', label: 'HTML' },
  { id: 'pdf', label: 'PDF' },
];

export const LAYOUTS: { id: Layout; label: string }[] = [
  { id: 'standard', label: 'Standard' },
  { id: 'google', label: 'Google SRE' },
  { id: 'pagerduty', label: 'PagerDuty' },
  { id: 'howie', label: 'Howie' },
];

export const PAPERS: { id: Paper; label: string }[] = [
  { id: 'a4', label: 'A4' },
  { id: 'letter', label: 'Letter' },
];

export const REDACTIONS: { id: Redact; label: string }[] = [
  { id: 'names', label: 'names of people' },
  { id: 'hosts', label: 'hosts and addresses' },
];

/** The forms in which other systems write. */
export const FORMS: { id: ImportForm | 'guess'; label: string }[] = [
  { id: 'guess', label: 'By its contents' },
  { id: 'chat', label: 'Chat' },
  { id: 'slack', label: 'Slack' },
  { id: 'alertmanager', label: 'Alertmanager' },
  { id: 'github', label: 'GitHub' },
  { id: 'csv', label: 'CSV' },
  { id: 'json', label: 'JSON' },
];

/** Whether sections stand in an order that a layout decides. */
export const hasLayout = (format: ExportFormat): boolean => format !== 'json' && format !== 'csv';

/** UTC first, then the zone of this machine, then all that are known. */
export function zones(own: string, known: string[]): string[] {
  return [...new Set(['UTC', own, ...known])];
}

/** How many bytes would be written. */
export function size(file: ExportView): number {
  if (file.base64 === undefined) return new TextEncoder().encode(file.text).length;
  const padding = file.base64.endsWith('==') ? 2 : file.base64.endsWith('=') ? 1 : 0;
  return (file.base64.length / 4) * 3 - padding;
}
