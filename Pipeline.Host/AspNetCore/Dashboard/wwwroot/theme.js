// Runs before anything is painted, so that a page that was set to dark does not flash.
{
  const kept = localStorage.getItem('pipeline-theme');
  if (kept === 'dark' || kept === 'light') document.documentElement.dataset.theme = kept;
}
