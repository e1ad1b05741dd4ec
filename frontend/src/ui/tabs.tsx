import { Link, useSearchParams } from "react-router";

interface Props<T extends string> {
  label: string;
  param: string;
  options: readonly { value: T; label: string }[];
  current: T;
}

/** Views of one list as links, so that each has an address; the first is the default. */
export function Tabs<T extends string>({ label, param, options, current }: Props<T>) {
  return (
    <nav className="tabs" aria-label={label}>
      {options.map(({ value, label: text }) => (
        <Link key={value} to={{ search: `?${param}=${value}` }} aria-current={value === current ? "page" : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}

/** The tab that the address names, or the first. */
export function useTab<T extends string>(param: string, options: readonly { value: T; label: string }[]): T {
  const [search] = useSearchParams();
  const found = options.find(({ value }) => value === search.get(param)) ?? options[0];
  if (!found) throw new Error("tabs need at least one option");
  return found.value;
}
