import { useEffect, useRef, useState } from "react";
import { Loading } from "../ui/async-state";
import { percent } from "../ui/format";
import { ProblemNotice } from "../ui/problem-notice";
import { MASK_CLASSES } from "./mask";
import { type Lesion, MASK_OPACITY, openScene, type Scene, type ViewLayout } from "./scene";
import { WINDOWS } from "./windows";

interface Props {
  volumeUrl: string;
  maskUrl: string;
  /** Where the viewer opens; null without a lesion. */
  lesion: Lesion | null;
}

/** The CT volume with the painted lesions, window presets, and slices by mouse, wheel or keyboard. */
export default function CtViewer({ volumeUrl, maskUrl, lesion }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const start = useRef(lesion);
  const [scene, setScene] = useState<Scene | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [slice, setSlice] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "CT volume with painted lesions");
    host.current?.replaceChildren(canvas);
    const source = { volumeUrl, maskUrl, window: WINDOWS[0], onSlice: setSlice };
    openScene(canvas, source, abort.signal).then(
      (opened) => {
        setScene(opened);
        if (start.current) opened.showLesion(start.current);
        else opened.showSlice(Math.floor(opened.slices / 2));
      },
      (reason) => abort.signal.aborted || setError(reason),
    );
    return () => {
      abort.abort();
      canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
      canvas.remove();
      setScene(null);
      setError(null);
    };
  }, [volumeUrl, maskUrl]);

  return (
    <section className="viewer" aria-label="CT viewer">
      {error !== null && <ProblemNotice error={error} heading="The volume cannot be shown" />}
      {!scene && error === null && <Loading what="volume" />}
      <div ref={host} className="viewer-canvas" data-ready={scene !== null} hidden={error !== null} />
      {scene && <Controls scene={scene} slice={slice} lesion={lesion} />}
    </section>
  );
}

interface ControlsProps {
  scene: Scene;
  slice: number;
  lesion: Lesion | null;
}

function Controls({ scene, slice, lesion }: ControlsProps) {
  return (
    <div className="viewer-controls">
      <label className="wide">
        Slice {slice + 1} of {scene.slices}
        <input
          type="range"
          min={0}
          max={scene.slices - 1}
          value={slice}
          onChange={(event) => scene.showSlice(event.currentTarget.valueAsNumber)}
        />
      </label>
      {lesion && (
        <button type="button" className="button" onClick={() => scene.showLesion(lesion)}>
          Largest lesion (slice {lesion.slice + 1})
        </button>
      )}
      <WindowChoice scene={scene} />
      <LayoutChoice scene={scene} />
      <MaskControls scene={scene} />
    </div>
  );
}

function WindowChoice({ scene }: { scene: Scene }) {
  const [chosen, setChosen] = useState<string>(WINDOWS[0].name);
  return (
    <fieldset className="bare choice">
      <legend>Window</legend>
      {WINDOWS.map((window) => (
        <label key={window.name} title={`${window.low} to ${window.high} HU`}>
          <input
            type="radio"
            name="window"
            checked={chosen === window.name}
            onChange={() => {
              setChosen(window.name);
              scene.setWindow(window);
            }}
          />
          {window.name}
        </label>
      ))}
    </fieldset>
  );
}

const LAYOUTS: { value: ViewLayout; label: string }[] = [
  { value: "axial", label: "Axial" },
  { value: "planes", label: "Three planes" },
];

function LayoutChoice({ scene }: { scene: Scene }) {
  const [layout, setLayout] = useState<ViewLayout>("axial");
  return (
    <fieldset className="bare choice">
      <legend>Layout</legend>
      {LAYOUTS.map(({ value, label }) => (
        <label key={value}>
          <input
            type="radio"
            name="layout"
            checked={layout === value}
            onChange={() => {
              setLayout(value);
              scene.setLayout(value);
            }}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function MaskControls({ scene }: { scene: Scene }) {
  const [isShown, setShown] = useState(true);
  const [opacity, setOpacity] = useState(MASK_OPACITY);
  useEffect(() => scene.setMaskOpacity(isShown ? opacity : 0), [scene, isShown, opacity]);
  return (
    <fieldset className="bare choice">
      <legend>Painted lesions</legend>
      <label>
        <input type="checkbox" checked={isShown} onChange={(event) => setShown(event.currentTarget.checked)} /> Show
      </label>
      <label>
        Opacity
        <input
          type="range"
          min={0.1}
          max={1}
          step={0.05}
          value={opacity}
          disabled={!isShown}
          aria-valuetext={percent(opacity)}
          onChange={(event) => setOpacity(event.currentTarget.valueAsNumber)}
        />
      </label>
      <Legend />
    </fieldset>
  );
}

function Legend() {
  return (
    <ul className="legend">
      {MASK_CLASSES.map(({ name, rgb }) => (
        <li key={name}>
          <span className="swatch" style={{ backgroundColor: `rgb(${rgb.join(" ")})` }} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
}
