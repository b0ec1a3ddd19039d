import type { ReactNode } from 'react';

const SHAPES = {
  search: (
    <>
      <circle cx="11" cy="11" r="6.500" />
      <path d="m16 16 4.500 4.500" />
    </>
  ),
  chat: <path d="M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Z" />,
  more: <path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="2.600" />,
  bubble: (
    <path d="M5.500 4.500h13a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7L7 21v-3.500H5.500a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2ZM8 9.500h8M8 13h5" />
  ),
  person: (
    <>
      <circle cx="12" cy="8" r="3.8" />
      <path d="M4.500 20c.6-4 3.600-6 7.500-6s6.900 2 7.500 6" />
    </>
  ),
  archive: <path d="M4 5h16v4H4ZM5.500 9v9.500a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1V9M10 13h4" />,
  fork: (
    <>
      <circle cx="6" cy="5" r="2" />
      <circle cx="6" cy="19" r="2" />
      <circle cx="18" cy="7" r="2" />
      <path d="M6 7v10M18 9c0 4-6 4-11 6" />
    </>
  ),
  on: <path d="M6 5v14l9-7ZM19 5v14" />,
  left: <path d="m14 7-5 5 5 5" />,
  plus: <path d="M12 5v14M5 12h14" />,
  side: (
    <>
      <rect x="3" y="4" width="18" height="16" rx="2.5" />
      <path d="M9 4v16" />
    </>
  ),
  panel: (
    <>
      <rect x="3" y="4" width="18" height="16" rx="2.5" />
      <path d="M15 4v16" />
    </>
  ),
  whole: (
    <path d="M13 5h6v6M19 5l-7 7M10 6H6.500A1.5 1.5 0 0 0 5 7.500v10A1.5 1.5 0 0 0 6.500 19h10a1.5 1.5 0 0 0 1.500-1.500V14" />
  ),
  columns: (
    <>
      <rect x="3" y="4" width="7.5" height="16" rx="2" />
      <rect x="13.5" y="4" width="7.5" height="16" rx="2" />
    </>
  ),
  gear: (
    <>
      <path d="M4 7h9M19 7h1M4 17h1M11 17h9" />
      <circle cx="16" cy="7" r="2.6" />
      <circle cx="8" cy="17" r="2.6" />
    </>
  ),
  chevron: <path d="m7 10 5 5 5-5" />,
  right: <path d="m10 7 5 5-5 5" />,
  copy: (
    <>
      <rect x="9" y="9" width="11" height="11" rx="2" />
      <path d="M5 15h-.5a.5.5 0 0 1-.5-.5v-9A1.5 1.5 0 0 1 5.5 4h9a.5.5 0 0 1 .5.5V5" />
    </>
  ),
  redo: <path d="M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6" />,
  info: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 11v5M12 8h.01" />
    </>
  ),
  up: <path d="M12 19V5M6 11l6-6 6 6" />,
  down: <path d="M12 5v14M6 13l6 6 6-6" />,
  doc: <path d="M6 3h8l5 5v12a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM14 3v5h5M9 13h6M9 17h4" />,
  folder: (
    <path d="M3.5 18V6.500A1.5 1.5 0 0 1 5 5h4l2 2.500h8A1.5 1.5 0 0 1 20.5 9v9a1.5 1.5 0 0 1-1.5 1.500H5A1.5 1.5 0 0 1 3.5 18Z" />
  ),
  lines: <path d="M4 6h16M4 12h10M4 18h13" />,
  layers: <path d="M9 6h6M7 10h10M5 14h14M3 18h18" strokeWidth="2.2" />,
  wrap: <path d="M4 6h16M4 12h12.5a3.500 3.500 0 0 1 0 7H13M15 16.500 12.5 19l2.5 2.500M4 18h5" />,
  attach: (
    <path d="m20 11-8.500 8.500a5 5 0 0 1-7-7L13 4a3.400 3.400 0 0 1 4.800 4.800L9.500 17a1.700 1.700 0 0 1-2.400-2.400L14.500 7" />
  ),
  close: <path d="m6 6 12 12M18 6 6 18" />,
  table: (
    <>
      <rect x="3.5" y="5" width="17" height="14" rx="2" />
      <path d="M3.5 10h17M10 10v9" />
    </>
  ),
  chip: (
    <>
      <rect x="6" y="6" width="12" height="12" rx="2" />
      <path d="M10 3v3M14 3v3M10 18v3M14 18v3M3 10h3M3 14h3M18 10h3M18 14h3" />
    </>
  ),
  check: <path d="m5 12.5 4.5 4.500L19 7.5" />,
  warn: <path d="M12 4 2.8 20h18.400ZM12 10v4M12 17h.01" />,
  eject: <path d="m12 5 7 9H5ZM5 18.500h14" />,
  edit: <path d="M4 20h4L19.5 8.500a2.1 2.1 0 0 0-4-4L4 16ZM14 6l4 4" />,
  pin: <path d="M9 4h6l-1 6 3 3v2H7v-2l3-3ZM12 15v6" />,
  play: <path d="M8 5.5v13l10-6.5Z" />,
  pause: <path d="M9 6v12M15 6v12" />,
  trash: <path d="M5 7h14M10 7V4.500h4V7M7 7l.8 12.500h8.400L17 7M10.500 11v5M13.500 11v5" />,
  save: <path d="M12 4v11M7 10.500l5 5 5-5M5 20h14" />,
  box: <path d="M12 3 4 7.500v9L12 21l8-4.500v-9ZM4 7.500l8 4.5 8-4.500M12 12v9" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="i" viewBox="0 0 24 24" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}

/** The brand: four layers of the pyramid. */
export function Mark() {
  const rows = [
    { x: 7.5, y: 2, width: 5, ramp: 4 },
    { x: 5, y: 6.3, width: 10, ramp: 3 },
    { x: 2.5, y: 10.6, width: 15, ramp: 2 },
    { x: 0, y: 14.9, width: 20, ramp: 1 },
  ];
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      {rows.map(({ ramp, ...row }) => (
        <rect key={ramp} {...row} height="3" rx="1" fill={`var(--ramp-${ramp})`} />
      ))}
    </svg>
  );
}
