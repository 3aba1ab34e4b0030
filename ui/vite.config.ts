import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { inLanguage } from './messages/plugin.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// `--mode gallery` builds the same window on fixtures, for looking at every state
// of every screen; it never reaches `dist`.
export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [...inLanguage(process.env['LASTGOOD_LANGUAGE'], here('./messages')), svelte(), ...(mode === 'test' ? [svelteTesting()] : [])],
  resolve: {
    alias: {
      $lib: here('./src/lib'),
      $shared: here('./src/components/shared'),
      $components: here('./src/components'),
    },
  },
  build: {
    outDir: mode === 'gallery' ? 'dist-gallery' : 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // A font as `data:` would need a wider `font-src`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: mode === 'gallery' ? 'gallery.html' : 'index.html' },
  },
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
}));
