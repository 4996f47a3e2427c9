"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "@/lib/api/browser";
import type { About, ChannelLink, Panel } from "@/lib/api/types";
import { useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { Button, IconButton } from "@/ui/button";
import { TextArea, TextField } from "@/ui/field";
import { FormError, SubmitButton } from "@/ui/form";

// The channel's panels, links and who may show it in a frame. Each list is sent whole; the server says what is wrong.
const PANELS_MAX = 10, LINKS_MAX = 8;
type Row<T> = { key: number; value: T };
type Fields = Record<string, string>;

let nextKey = 0;
const rowsOf = <T,>(values: readonly T[]): Row<T>[] => values.map((value) => ({ key: nextKey++, value }));
const filled = (row: Record<string, string>) => Object.values(row).some((text) => text.trim() !== "");

export function PanelsForm({ about, channel }: { about: About; channel: string | undefined }) {
  const t = useText();
  const { rows, add, remove, move } = useRows<Panel>(about.panels, { title: "", body: "" });
  const read = (fields: Fields) => ({ panels: rows.map(({ key }) => ({ title: (fields[`panel-${key}-title`] ?? "").trim(), body: fields[`panel-${key}-body`] ?? "" })).filter(filled) });
  return (
    <ListForm channel={channel} read={read} addLabel={t("presence.add_panel")} onAdd={rows.length < PANELS_MAX ? add : undefined}>
      <p className="text-muted">{t("presence.panels_hint")}</p>
      {rows.map(({ key, value }, at) => (
        <fieldset key={key} className="grid gap-4 border-t border-line pt-4">
          <legend className="sr-only">{t("presence.panel", { n: at + 1 })}</legend>
          <div className="flex items-end gap-2">
            <div className="min-w-0 flex-1"><TextField name={`panel-${key}-title`} label={t("presence.panel_title")} defaultValue={value.title} required maxLength={60} autoComplete="off" /></div>
            <Button size="small" className="min-h-11" disabled={at === 0} aria-label={t("presence.move_up", { n: at + 1 })} onClick={() => move(at)}>{t("presence.up")}</Button>
            <IconButton icon="close" label={t("presence.remove_panel", { n: at + 1 })} onClick={() => remove(key)} />
          </div>
          <TextArea name={`panel-${key}-body`} label={t("presence.panel_body")} hint={t("presence.markdown_hint")} defaultValue={value.body} maxLength={5000} rows={5} />
        </fieldset>
      ))}
    </ListForm>
  );
}

export function LinksForm({ about, channel }: { about: About; channel: string | undefined }) {
  const t = useText();
  const { rows, add, remove } = useRows<ChannelLink>(about.links, { label: "", url: "" });
  const read = (fields: Fields) => ({ links: rows.map(({ key }) => ({ label: (fields[`link-${key}-label`] ?? "").trim(), url: (fields[`link-${key}-url`] ?? "").trim() })).filter(filled) });
  return (
    <ListForm channel={channel} read={read} addLabel={t("presence.add_link")} onAdd={rows.length < LINKS_MAX ? add : undefined}>
      {rows.map(({ key, value }, at) => (
        <fieldset key={key} className="grid gap-4 border-t border-line pt-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,2fr)_auto] sm:items-end">
          <legend className="sr-only">{t("presence.link", { n: at + 1 })}</legend>
          <TextField name={`link-${key}-label`} label={t("presence.link_label")} defaultValue={value.label} required maxLength={40} autoComplete="off" />
          <TextField name={`link-${key}-url`} label={t("presence.link_url")} defaultValue={value.url} required maxLength={300} inputMode="url" autoComplete="off" />
          <IconButton icon="close" label={t("presence.remove_link", { n: at + 1 })} onClick={() => remove(key)} />
        </fieldset>
      ))}
    </ListForm>
  );
}

export function EmbedForm({ about, channel }: { about: About; channel: string | undefined }) {
  const t = useText();
  const read = ({ hosts = "" }: Fields) => ({ embed_hosts: hosts.split(/[\s,]+/).filter(Boolean) });
  return (
    <ListForm channel={channel} read={read}>
      <TextArea name="hosts" label={t("presence.embed_hosts")} hint={t("presence.embed_hint")} defaultValue={about.embed_hosts.join("\n")} rows={3} spellCheck={false} autoCapitalize="none" />
    </ListForm>
  );
}

type ListProps = {
  channel: string | undefined;
  read: (fields: Fields) => Partial<About>;
  addLabel?: string;
  onAdd?: (() => void) | undefined;
  children: React.ReactNode;
};

function ListForm({ channel, read, addLabel, onAdd, children }: ListProps) {
  const t = useText(), router = useRouter();
  const [isSaved, setSaved] = useState(false);
  const form = useForm({
    send: (fields) => {
      setSaved(false);
      return api("patch", "/api/v1/channel/about", { query: { channel }, body: read(fields) });
    },
    onDone: () => { setSaved(true); router.refresh(); },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      {children}
      <p className="flex flex-wrap items-center gap-3">
        {addLabel && onAdd && <Button onClick={onAdd}>{addLabel}</Button>}
        <SubmitButton isPending={form.isPending}>{t("creator.save")}</SubmitButton>
        <span role="status" className="font-semibold text-good">{isSaved ? t("account.saved") : ""}</span>
      </p>
    </form>
  );
}

// Rows that can be added, removed and moved up without losing what was typed: the fields keep it, by key.
function useRows<T>(values: readonly T[], empty: T) {
  const [rows, setRows] = useState(() => rowsOf(values));
  return {
    rows,
    add: () => setRows((now) => [...now, ...rowsOf([empty])]),
    remove: (key: number) => setRows((now) => now.filter((row) => row.key !== key)),
    move: (at: number) => setRows((now) => {
      const next = [...now], [row] = next.splice(at, 1);
      if (row) next.splice(at - 1, 0, row);
      return next;
    }),
  };
}
