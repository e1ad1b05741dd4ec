import { Link, useSearchParams } from "react-router";

interface Props<T extends string> {
  label: string;
  param: string;
  options: readonly { value: T; label: string }[];
  current: T;
}

/** Views of one list as links, so that each has an address. Other tabs stay as they are. */
export function Tabs<T extends string>({ label, param, options, current }: Props<T>) {
  const [search] = useSearchParams();
  const addressOf = (value: T) => `?${new URLSearchParams({ ...Object.fromEntries(search), [param]: value })}`;
  return (
    <nav className="tabs" aria-label={label}>
      {options.map(({ value, label: text }) => (
        <Link key={value} to={{ search: addressOf(value) }} aria-current={value === current ? "page" : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}

/** The tab that the address names, or `initial`: the first if not given. */
export function useTab<T extends string>(
  param: string,
  options: readonly { value: T; label: string }[],
  initial?: NoInfer<T>,
): T {
  const [search] = useSearchParams();
  const named = search.get(param) ?? initial;
  const found = options.find(({ value }) => value === named) ?? options[0];
  if (!found) throw new Error("tabs need at least one option");
  return found.value;
}
