import type { ReactNode } from "react";
import { AzulejoWall, WaveHorizon } from "@/ui/azulejo";
import { Avatar } from "@/ui/avatar";
import { Badge, LiveBadge, Pill } from "@/ui/badge";
import { Button, ButtonLink, IconButton } from "@/ui/button";
import { Card } from "@/ui/card";
import { Chart } from "@/ui/chart";
import { SelectField, TextArea, TextField } from "@/ui/field";
import { Icon, ICON_NAMES } from "@/ui/icon";
import { Mark, Wordmark } from "@/ui/logo";
import { Motif } from "@/ui/motifs";
import { Skeleton, SkeletonCard } from "@/ui/skeleton";
import { Switch } from "@/ui/switch";
import { Table } from "@/ui/table";
import { ChannelTile } from "@/ui/tile";
import { COLOURS, TEXT_PAIRS } from "@/ui/tokens";
import { DialogSample, MenuSample, PendingSample, TabsSample, ToastSample, TooltipSample } from "./samples";

// Everything this client is made of, in each of its states, in the theme the reader has chosen. Its words are for
// builders, in the language of the code; they are the only ones outside the catalogues.
const TEXT_SIZES = ["text-xs", "text-sm", "text-base", "text-lg", "text-xl", "text-2xl", "text-3xl", "text-4xl"] as const;
const CORNERS = ["rounded-control", "rounded-card", "rounded-sheet"] as const;
const NAMES = [["ana", "Ana Maria da Silva"], ["fado_ao_vivo", "Fado ao Vivo"], ["luanda", "Luanda"], ["ze", "Zé Povinho"], ["dili", "Díli FM"], ["mindelo", "Mindelo Sound"], ["tejo", "Tejo"], ["bahia", "Bahia de Todos"]] as const;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const ROWS = [
  { name: "Noite de fado", viewers: 1234, state: "live" }, { name: "Mornas no Mindelo", viewers: 87, state: "ended" },
] as const;

export function DesignPage() {
  return (
    <div className="mx-auto grid max-w-6xl gap-12 px-4 py-8 sm:px-6">
      <header className="flex flex-wrap items-center gap-4"><Mark className="size-14" /><h1 className="text-4xl">Design</h1></header>
      <Colours />
      <Shapes />
      <Motifs />
      <Controls />
      <Fields />
      <Layers />
      <People />
      <Data />
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return <section className="grid gap-5"><h2 className="border-b border-line pb-2 text-2xl">{title}</h2>{children}</section>;
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return <div><h3 className="pb-2 font-sans text-sm font-semibold text-muted">{label}</h3><div className="flex flex-wrap items-center gap-3">{children}</div></div>;
}

function Colours() {
  return (
    <Part title="Colour">
      <ul className="grid grid-cols-2 gap-3 sm:grid-cols-4 lg:grid-cols-6">
        {COLOURS.map((name) => (
          <li key={name} className="overflow-hidden rounded-card border border-line bg-surface">
            <svg aria-hidden="true" className="block h-14 w-full"><rect width="100%" height="100%" fill={`var(--${name})`} /></svg>
            <code className="block px-3 py-2 text-sm">{name}</code>
          </li>
        ))}
      </ul>
      <Row label="Text on its grounds, as tokens.test.ts measures them">
        {TEXT_PAIRS.map(({ text, on }) => (
          <svg key={text + on} viewBox="0 0 132 34" className="h-9 w-36" role="img" aria-label={`${text} on ${on}`}>
            <rect width="132" height="34" rx="7" fill={`var(--${on})`} stroke="var(--line)" />
            <text x="66" y="22" textAnchor="middle" fontSize="11" fontWeight="600" fill={`var(--${text})`}>{text} / {on}</text>
          </svg>
        ))}
      </Row>
    </Part>
  );
}

function Shapes() {
  return (
    <Part title="Type, corners, elevation, motion">
      <div className="grid gap-2">{TEXT_SIZES.map((size) => <p key={size} className={`${size} wrap-anywhere`}><span className="font-display font-bold">Ação, coração</span> à beira-mar <code className="text-sm text-muted">{size}</code></p>)}</div>
      <Row label="Corners">{CORNERS.map((corner) => <code key={corner} className={`border border-edge bg-surface px-4 py-3 text-sm ${corner}`}>{corner}</code>)}</Row>
      <Row label="Elevation"><code className="rounded-card bg-surface px-4 py-3 text-sm shadow-float">shadow-float</code><code className="rounded-card bg-surface px-4 py-3 text-sm shadow-sheet">shadow-sheet</code></Row>
      <Row label="Motion: --quick for what answers a press, --calm for what comes and goes; none of it when the reader asks for less"><Button>Hover</Button></Row>
      <Row label="Icons">{ICON_NAMES.map((name) => <span key={name} className="grid size-11 place-items-center rounded-control border border-line" title={name}><Icon name={name} /></span>)}</Row>
    </Part>
  );
}

function Motifs() {
  return (
    <Part title="Motifs">
      <div className="grid gap-4 sm:grid-cols-2">
        <figure><div className="relative isolate h-44 overflow-hidden rounded-card bg-wall text-on-wall"><AzulejoWall className="absolute inset-0" /><WaveHorizon /></div><figcaption className="pt-1.5 text-sm text-muted">Azulejo and horizon: the first screen</figcaption></figure>
        <figure><div className="grid h-44 content-end overflow-hidden rounded-card border border-line bg-surface"><div className="calcada calcada-floor" /></div><figcaption className="pt-1.5 text-sm text-muted">Calçada: floors and lines</figcaption></figure>
      </div>
      <div className="grid gap-4 sm:grid-cols-3">
        {(["bandeirinhas", "capulana", "tais"] as const).map((name) => (
          <figure key={name}><div className="h-36 overflow-hidden rounded-card border border-line bg-surface"><Motif name={name} /></div><figcaption className="pt-1.5 text-sm text-muted">{name}</figcaption></figure>
        ))}
      </div>
      <Row label="Tiles">{NAMES.map(([username]) => <ChannelTile key={username} username={username} className="size-16" />)}</Row>
      <Row label="Mark"><Mark className="size-16" /><Wordmark /></Row>
    </Part>
  );
}

function Controls() {
  return (
    <Part title="Button, badge, switch">
      {(["primary", "sun", "quiet", "danger", "plain"] as const).map((variant) => (
        <Row key={variant} label={variant}>
          <Button variant={variant}>Seguir</Button><Button variant={variant} icon="heart">Seguir</Button><Button variant={variant} size="small">Seguir</Button>
          <Button variant={variant} disabled>Seguir</Button><PendingSample variant={variant} /><ButtonLink variant={variant} href="/design">Link</ButtonLink>
        </Row>
      ))}
      <Row label="Icon button"><IconButton icon="share" label="Share" /><IconButton icon="close" label="Close" disabled /></Row>
      <Row label="Badge"><LiveBadge label="Ao vivo" /><Badge>Música</Badge><Badge tone="info" icon="clock">Hoje</Badge><Badge tone="good" icon="check">Ligado</Badge><Badge tone="bad" icon="warning">Caiu</Badge><Badge tone="sun">Novo</Badge><Pill icon="eye">1 234</Pill></Row>
      <div className="grid max-w-md gap-2"><Switch label="Off" name="off" /><Switch label="On, with a hint" hint="What it does" defaultChecked name="on" /><Switch label="Off and disabled" disabled name="disabled" /></div>
    </Part>
  );
}

function Fields() {
  return (
    <Part title="Field">
      <div className="grid max-w-xl gap-5">
        <TextField name="design-name" label="Name" hint="As others see it" note="optional" placeholder="Ana" />
        <TextField name="design-wrong" label="E-mail" defaultValue="ana@" error="This is not an address" />
        <TextField name="design-off" label="Disabled" defaultValue="ana" disabled />
        <SelectField name="design-select" label="Language" defaultValue="pt"><option value="pt">Português</option><option value="en">English</option></SelectField>
        <TextArea name="design-about" label="About" />
      </div>
    </Part>
  );
}

function Layers() {
  return (
    <Part title="Dialog, menu, tabs, toast, tooltip">
      <Row label="Dialog"><DialogSample /></Row>
      <Row label="Menu"><MenuSample /></Row>
      <TabsSample />
      <Row label="Toast"><ToastSample /></Row>
      <Row label="Tooltip"><TooltipSample /></Row>
    </Part>
  );
}

function People() {
  return (
    <Part title="Avatar, card, skeleton">
      <Row label="Avatar: a picture, or initials on the tile of that name">
        {NAMES.map(([username, name]) => <Avatar key={username} username={username} name={name} className="size-12" />)}
        <Avatar username="luso" url="/mark.svg" className="size-12" /><Avatar username="ana" name="Ana" className="size-24" label="Ana" />
      </Row>
      <div className="grid gap-4 sm:grid-cols-2"><Card>A plain card</Card><Card title="A card with a title" id="design-card" aside={<Button size="small">Edit</Button>}>It is a region of the page.</Card></div>
      <div className="grid gap-5 sm:grid-cols-3"><SkeletonCard /><SkeletonCard /><div className="grid content-start gap-3"><Skeleton /><Skeleton className="w-2/3" /></div></div>
    </Part>
  );
}

function Data() {
  const format = (n: number) => String(n);
  return (
    <Part title="Table, chart">
      <Table caption="Streams" rows={ROWS} keyOf={(row) => row.name} columns={[
        { key: "name", label: "Title", isHeader: true, cell: (row) => row.name },
        { key: "state", label: "State", cell: (row) => (row.state === "live" ? <LiveBadge label="Live" /> : <Badge>Ended</Badge>) },
        { key: "viewers", label: "Viewers", isNumber: true, cell: (row) => row.viewers },
      ]} />
      <div className="grid gap-8 sm:grid-cols-2">
        <Chart kind="line" caption="Viewers" tableLabel="Show as a table" xLabel="Day" x={DAYS} format={format}
          series={[{ label: "This week", values: [120, 180, 150, 240, 390, 410, 280] }, { label: "Last week", values: [90, 110, 160, 170, 210, 330, 300] }]} />
        <Chart kind="bar" caption="Follows" tableLabel="Show as a table" xLabel="Day" x={DAYS} format={format} series={[{ label: "Follows", values: [3, 8, 5, 13, 21, 17, 9] }]} />
      </div>
    </Part>
  );
}
