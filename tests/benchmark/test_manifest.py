"""A folder of clips and a table of them become a dataset, whole or not at all, and only once."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import models

from benchmark.ingest import preparing, uploads
from benchmark.ingest.manifest import ManifestRefused, import_clips, parse_manifest
from benchmark.models import Animation, Clip, Dataset, Job, Outcome, Reconstruction, System
from benchmark.video import Encoder, VideoRefused
from tests.factories import draw_frames

Line = tuple[str, str, str]


def write_video(path: Path, tone: int, *, frames: int = 8, still: bool = False) -> Path:
    film = draw_frames(tone, frames=frames)
    path.parent.mkdir(parents=True, exist_ok=True)
    with Encoder(path, fps=12, size=(96, 72), kind="playable") as encoder:
        for frame in film:
            encoder.write(film[0] if still else frame)
    return path


@pytest.fixture(scope="module")
def videos(tmp_path_factory) -> Path:
    """Six clips on the researcher's disk, and files that are none."""
    folder = tmp_path_factory.mktemp("videos")
    for tone, name in enumerate(("ball", "ball-a", "ball-b", "box", "box-a")):
        write_video(folder / f"{name}.mp4", tone)
    write_video(folder / "box-b.mp4", 9, still=True)
    (folder / "notes.mp4").write_text("not a video")
    whole = (folder / "ball.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) * 2 // 3])
    return folder


LINES: list[Line] = [
    ("ball", "reference", "ball.mp4"),
    ("ball", "a", "ball-a.mp4"),
    ("ball", "b", "ball-b.mp4"),
    ("box", "Reference", "box.mp4"),
    ("box", "a", "box-a.mp4"),
    ("box", "b", "box-b.mp4"),
]


@pytest.fixture
def manifest(videos: Path) -> Callable[..., Path]:
    def write(lines: list[Line], heading: tuple[str, ...] = ("animation", "system", "clip")) -> Path:
        path = videos / "manifest.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([heading, *lines])
        return path

    return write


def counts() -> dict[str, int]:
    kinds: tuple[type[models.Model], ...] = (Dataset, Animation, System, Reconstruction, Clip)
    return {kind.__name__: kind._default_manager.count() for kind in kinds}


NOTHING = {"Dataset": 0, "Animation": 0, "System": 0, "Reconstruction": 0, "Clip": 0}


@pytest.mark.django_db
def test_a_table_of_clips_becomes_a_dataset(manifest):
    told: list[tuple[int, int]] = []
    dataset = import_clips(
        "mine", parse_manifest(manifest(LINES)), lambda *step: told.append(step), title="My clips"
    )
    assert (dataset.slug, dataset.title, dataset.simulated) == ("mine", "My clips", False)
    assert counts() == {"Dataset": 1, "Animation": 2, "System": 2, "Reconstruction": 4, "Clip": 6}
    assert told == [(n, 6) for n in range(1, 7)]
    for clip in Clip.objects.all():
        assert clip.master.is_file()
        assert clip.playable.is_file()
        assert clip.poster.read_bytes().startswith(b"\x89PNG")
        assert not clip.exact
        assert (clip.frames, clip.fps) == (8, 12)


@pytest.mark.django_db
def test_what_a_clip_shows_is_its_outcome(manifest):
    import_clips("mine", parse_manifest(manifest(LINES)))
    outcomes = dict(
        Reconstruction.objects.filter(animation__name="box").values_list("system__name", "outcome")
    )
    assert outcomes == {"a": Outcome.OK, "b": Outcome.STATIC}


@pytest.mark.django_db
def test_scores_are_asked_for_every_reconstruction(manifest):
    import_clips("mine", parse_manifest(manifest(LINES)))
    assert Job.objects.filter(kind="score").count() == 4


@pytest.mark.django_db
def test_importing_twice_does_nothing_and_decodes_nothing(manifest, monkeypatch):
    import_clips("mine", parse_manifest(manifest(LINES)))
    Job.objects.update(state=Job.State.DONE)
    before = counts()
    monkeypatch.setattr(uploads, "prepare", lambda *args, **options: pytest.fail("decoded again"))
    import_clips("mine", parse_manifest(manifest(LINES)))
    assert counts() == before
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


@pytest.mark.django_db
def test_a_third_system_may_come_later(manifest):
    import_clips("mine", parse_manifest(manifest(LINES)))
    import_clips("mine", parse_manifest(manifest([*LINES, ("ball", "c", "box-a.mp4")])))
    assert System.objects.count() == 3
    assert Clip.objects.count() == 6, "the same file is the same clip"


@pytest.mark.django_db
def test_another_clip_for_the_same_place_is_refused(manifest):
    import_clips("mine", parse_manifest(manifest(LINES)))
    other = [*LINES[:2], ("ball", "b", "box-a.mp4"), *LINES[3:]]
    before = Reconstruction.objects.get(animation__name="ball", system__name="b").clip_id
    with pytest.raises(
        ManifestRefused, match=r"^Line 4: the dataset “mine” has another clip of b for “ball” already"
    ):
        import_clips("mine", parse_manifest(manifest(other)))
    assert Reconstruction.objects.get(animation__name="ball", system__name="b").clip_id == before


@pytest.mark.django_db
def test_a_clip_that_breaks_off_in_the_middle_imports_nothing(manifest, monkeypatch, data_folder):
    rows = parse_manifest(manifest(LINES))
    real = preparing.normalise

    def normalise(upload: Path, folder: Path) -> object:
        if upload.name == "box-b.mp4":
            raise VideoRefused("box-b.mp4 is damaged; export it again.")
        return real(upload, folder)

    monkeypatch.setattr(preparing, "normalise", normalise)
    with pytest.raises(ManifestRefused, match=r"^Line 7: box-b\.mp4 is damaged; export it again\.$"):
        import_clips("mine", rows)
    assert counts() == NOTHING
    assert list((data_folder / "work").iterdir()) == []
    assert not (data_folder / "clips").exists()


@pytest.mark.django_db
def test_many_clips_are_decoded_side_by_side_with_the_same_result(manifest, monkeypatch):
    monkeypatch.setattr(uploads, "WORTH_A_PROCESS", 3)
    monkeypatch.setattr(uploads.os, "sched_getaffinity", lambda pid: {0, 1})
    import_clips("parallel", parse_manifest(manifest(LINES)))
    assert Clip.objects.count() == 6
    monkeypatch.setattr(uploads, "WORTH_A_PROCESS", 100)
    import_clips("alone", parse_manifest(manifest(LINES)))
    assert Clip.objects.count() == 6, "whoever decodes, the bytes are the same"


@pytest.mark.django_db
def test_a_damaged_clip_among_many_is_named_too(manifest, monkeypatch, videos):
    rows = parse_manifest(manifest(LINES))
    monkeypatch.setattr(uploads, "WORTH_A_PROCESS", 3)
    monkeypatch.setattr(uploads.os, "sched_getaffinity", lambda pid: {0, 1})
    whole = (videos / "box-a.mp4").read_bytes()
    try:
        (videos / "box-a.mp4").write_bytes(whole[:-400] + bytes(400))
        with pytest.raises(ManifestRefused, match=r"^Line 6: box-a\.mp4 is"):
            import_clips("mine", rows)
    finally:
        (videos / "box-a.mp4").write_bytes(whole)
    assert counts() == NOTHING


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([*LINES, ("disc", "a", "ball.mp4")], "Line 8 .*“disc” has no reference"),
        ([*LINES, ("box", "b", "ball.mp4")], "Line 8 .*gives b of “box” again, which line 7 has already"),
        (
            [*LINES[:2], ("ball", "b", "nowhere.mp4")],
            "Line 4 .*there is no file nowhere.mp4 beside the table",
        ),
        ([*LINES[:2], ("ball", "b", "notes.mp4")], "Line 4 .*notes.mp4 is not a video file"),
        ([*LINES[:2], ("ball", "b", "cut.mp4")], "Line 4 .*cut.mp4"),
        ([*LINES[:2], ("ball", "", "box.mp4")], "Line 4 .*leaves the column system empty"),
        ([*LINES[:2], ("b" * 201, "b", "box.mp4")], "Line 4 .*more than 200 characters"),
        (LINES[:2], "one system only"),
        (LINES[:1], "no system beside the reference"),
        ([LINES[0], LINES[1], LINES[3], LINES[5]], "No animation .* has clips of two systems"),
        ([], "has a heading and no rows"),
        ([("ball", "reference")], "Line 2 .*has 2 cells where the heading has 3"),
    ],
)
def test_it_refuses_a_faulty_table_by_its_line(manifest, lines, sentence):
    with pytest.raises(ManifestRefused, match=sentence) as refusal:
        import_clips("mine", parse_manifest(manifest(lines)))
    assert "\n" not in str(refusal.value)
    assert counts() == NOTHING


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        (("animation", "system", "file"), "Line 1 .*lacks the column clip"),
        (("animation", "system", "clip", "clip"), "Line 1 .*names a column twice"),
    ],
)
def test_it_refuses_a_faulty_heading(manifest, heading, sentence):
    with pytest.raises(ManifestRefused, match=sentence):
        parse_manifest(manifest([], heading))


def test_it_refuses_what_is_no_table(videos, tmp_path):
    with pytest.raises(ManifestRefused, match="There is no file"):
        parse_manifest(tmp_path / "nothing.csv")
    with pytest.raises(ManifestRefused, match="not a CSV table in UTF-8"):
        parse_manifest(videos / "ball.mp4")
    (tmp_path / "empty.csv").touch()
    with pytest.raises(ManifestRefused, match="lacks the column animation"):
        parse_manifest(tmp_path / "empty.csv")


def test_spreadsheets_may_mark_and_reorder_their_tables(videos):
    path = videos / "spreadsheet.csv"
    lines = [
        "\ufeffClip,Animation ,SYSTEM,note",
        *(f"{clip},{name}, {maker} ,x" for name, maker, clip in LINES),
        "",
        ",,,",
    ]
    path.write_bytes("\r\n".join(lines).encode())
    rows = parse_manifest(path)
    assert [(row.line, row.animation, row.system) for row in rows][3:5] == [
        (5, "box", "reference"),
        (6, "box", "a"),
    ]
    assert rows[0].clip == videos / "ball.mp4"


def test_what_a_killed_import_left_behind_goes(data_folder):
    old = data_folder / "work" / "import-999999999-abc" / "0"
    old.mkdir(parents=True)
    uploads.sweep_abandoned()
    assert not old.parent.exists()
