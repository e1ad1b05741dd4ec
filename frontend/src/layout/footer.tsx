/** Stands on every page. */
export function Footer() {
  return <footer className="footer">Research use only — not a medical device.</footer>;
}
