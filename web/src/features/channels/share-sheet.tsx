import { useText } from "@/text/client";
import { LateWords } from "@/text/late-words";
import { CopyField } from "@/ui/copy-field";
import { Dialog } from "@/ui/dialog";
import { Icon } from "@/ui/icon";
import QrCode from "@/ui/qr-code";

type Props = { title: string; username: string; isEmbeddable: boolean; onClose: () => void };

export default function ShareSheet(props: Props) {
  return <LateWords subjects={["sheet", "golive"]}><Sheet {...props} /></LateWords>;
}

function Sheet({ title, username, isEmbeddable, onClose }: Props) {
  const t = useText();
  const url = `${location.origin}/@${username}`;
  const embed = `<iframe src="${location.origin}/embed/@${username}" title="${escaped(t("sheet.embed_frame", { channel: title }))}" width="640" height="360" allow="autoplay; fullscreen; picture-in-picture; encrypted-media" allowfullscreen></iframe>`;
  const share = async () => {
    try { await navigator.share({ title, url }); } catch { /* They changed their mind: the sheet is still there. */ }
  };
  return (
    <Dialog title={t("sheet.title", { channel: title })} size="small" onClose={onClose}>
      <div className="grid gap-5">
        {"share" in navigator && <button type="button" className="button button-primary" onClick={share}><Icon name="share" />{t("sheet.apps")}</button>}
        <CopyField label={t("sheet.link")} value={url} copyLabel={t("sheet.copy_link")} />
        {isEmbeddable
          ? <CopyField label={t("sheet.embed")} value={embed} copyLabel={t("sheet.copy_embed")} />
          : <p className="text-sm text-muted">{t("sheet.embed_off")}</p>}
        <div className="mx-auto w-44"><QrCode text={url} label={t("sheet.qr", { url })} /></div>
      </div>
    </Dialog>
  );
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
