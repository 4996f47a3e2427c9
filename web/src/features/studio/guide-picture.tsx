// OBS's settings window as a drawing of ours: enough to know where one is, and in the reader's language.
export function ObsWindow({ title, menu, rows, alt }: { title: string; menu: string; rows: readonly (readonly [string, string])[]; alt: string }) {
  return (
    <figure role="img" aria-label={alt} className="obs-window">
      <div className="obs-bar" aria-hidden="true"><i /><i /><i /><span>{title}</span></div>
      <div className="obs-body" aria-hidden="true">
        <ul><li /><li className="obs-here">{menu}</li><li /><li /><li /></ul>
        <div className="obs-rows">
          {rows.map(([name, value]) => <p key={name}><span>{name}</span><b>{value}</b></p>)}
        </div>
      </div>
    </figure>
  );
}
