// Runs before anything else. Some Linux sessions have LANG=C, and WebKitGTK then
// reports the language "C", which every Intl constructor refuses with a RangeError.
if (!/^[a-z]{2,3}(-|$)/i.test(navigator.language)) {
  Object.defineProperty(navigator, 'language', { get: () => 'en' });
}
// The theme is chosen here so that no frame is painted in the other one.
try {
  const theme = localStorage.getItem('lastgood.theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be refused; the system's theme is used then.
}
