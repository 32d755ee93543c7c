"""Designing a study: made from a benchmark, changed while it is a draft, copied once it is frozen."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from benchmark.models import Dataset
from studies.create import Plan, StudyRefused, ask_for_practice, copy_as_draft, create_study, deal
from studies.models import Study
from studies.views.design_forms import CopyForm, DealForm, DesignForms, NewStudyForm
from studies.views.report import get_study

OPENED = "This study was opened meanwhile, so its design is frozen: make a new version to change it."

RENDERING = "A worker is rendering the practice round, which takes some seconds: ask for it again then, on the study’s page."


def _usable() -> QuerySet[Dataset]:
    """Benchmarks that hold a reference clip and clips of two systems at least; the practice is not one."""
    with_clips = Count("systems", filter=Q(systems__reconstructions__clip__isnull=False), distinct=True)
    return Dataset.objects.annotate(n=with_clips).filter(n__gte=2).exclude(slug="practice").order_by("title")


@login_required
def new_study(request: HttpRequest) -> HttpResponse:
    datasets = _usable()
    form = NewStudyForm(datasets, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            study = create_study(
                given["dataset"],
                given["slug"],
                given["title"],
                Plan(per_pair=given["per_pair"], block_size=given["block_size"]),
                raters_per_block=given["raters_per_block"],
            )
        except StudyRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The draft is made. Look through its design, then open it.", "good")
            if not study.practice_rounds.exists() and not ask_for_practice(study):
                messages.info(request, RENDERING)
            return redirect("studies:design", study.slug)
    status = 400 if form.errors else 200
    return render(request, "studies/new.html", {"form": form, "usable": datasets.exists()}, status=status)


@login_required
def design(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole design on one page: to be changed while it is a draft, to be read afterwards."""
    study = get_study(slug)
    if request.method == "POST":
        if study.frozen:
            messages.error(request, OPENED, "bad")
            return redirect("studies:design", slug)
        forms = DesignForms(study, request.POST)
        if forms.is_valid():
            if forms.save():
                messages.success(request, "Saved.", "good")
            else:
                messages.error(request, OPENED, "bad")
            return redirect("studies:design", slug)
        study = get_study(slug)  # the form has written into the other one; page and title show what is saved
    else:
        forms = DesignForms(study)
    return _show(request, study, forms, DealForm(initial={"block_size": _block_size(study)}))


def _show(request: HttpRequest, study: Study, forms: DesignForms, dealing: DealForm) -> HttpResponse:
    refused = bool(forms.rules.errors or forms.questions.total_error_count() or dealing.errors)
    refused = refused or bool(forms.wording.errors or any(one.errors for one in forms.practice))
    context = {
        "study": study,
        "forms": forms,
        "dealing": dealing,
        "copying": CopyForm(initial={"slug": f"{study.slug}-2"}),
        "refused": refused,
        "blocks": study.blocks.count(),
        "block_size": _block_size(study),
        "comparisons": study.comparisons.filter(spare=False).count(),
        "spares": study.comparisons.filter(spare=True).count(),
    }
    return render(request, "studies/design.html", context, status=400 if refused else 200)


def _block_size(study: Study) -> int | None:
    largest: int | None = study.blocks.annotate(n=Count("items")).aggregate(largest=Max("n"))["largest"]
    return largest


@login_required
@require_POST
def design_deal(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw comparisons and blocks anew."""
    study = get_study(slug)
    form = DealForm(request.POST)
    if not form.is_valid():
        return _show(request, study, DesignForms(study), form)
    given = form.cleaned_data
    with transaction.atomic():
        if Study.objects.select_for_update().get(pk=study.pk).frozen:
            messages.error(request, OPENED, "bad")
            return redirect("studies:design", slug)
        try:
            deal(study, Plan(per_pair=given["per_pair"], block_size=given["block_size"]))
        except StudyRefused as refusal:
            messages.error(request, str(refusal), "bad")
        else:
            messages.success(request, "Comparisons and blocks are drawn anew.", "good")
    return redirect("studies:design", slug)


@login_required
@require_POST
def design_practice(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a draft the standard practice round, whose clips a worker renders the first time."""
    study = get_study(slug)
    if study.frozen:
        messages.error(request, OPENED, "bad")
    elif ask_for_practice(study):
        messages.success(request, "The practice round is there. Look at it under Comparisons.", "good")
    else:
        messages.info(request, RENDERING)
    return redirect("studies:study", slug)


@login_required
@require_POST
def design_copy(request: HttpRequest, slug: str) -> HttpResponse:
    """A new version, as a draft, under the address given."""
    study = get_study(slug)
    form = CopyForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, "Enter an address for the new version: letters, digits and hyphens only.", "bad"
        )
        return redirect("studies:design", slug)
    try:
        copy = copy_as_draft(study, form.cleaned_data["slug"])
    except StudyRefused as refusal:
        messages.error(request, str(refusal), "bad")
        return redirect("studies:design", slug)
    messages.success(request, "This is the new version, a draft. The old one stays as it is.", "good")
    return redirect("studies:design", copy.slug)


@login_required
@require_POST
def design_delete(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft can be thrown away; whatever was opened stays."""
    study = get_study(slug)
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        if locked.frozen:
            messages.error(
                request, "Only a draft can be deleted: this study was opened, and its data stay.", "bad"
            )
            return redirect("studies:study", slug)
        locked.blocks.all().delete()
        locked.comparisons.all().delete()
        locked.delete()
    messages.success(request, f"The draft “{study.title}” is deleted.", "good")
    return redirect("studies:list")
