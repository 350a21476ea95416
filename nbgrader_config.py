"""nbgrader's configuration: run its commands, or JupyterLab with Formgrader, in this folder."""

from pathlib import Path

from course_utils.grading.nbgrader.autograde import autograde
from course_utils.grading.nbgrader.collecting import COLLECTED, DownloadCollector
from course_utils.grading.nbgrader.exporters import FeedbackExporter, ReleaseExporter
from course_utils.grading.nbgrader.exporting import CsvExport
from course_utils.grading.nbgrader.feedback_steps import FEEDBACK
from course_utils.grading.nbgrader.late_penalty import LatePenalty
from course_utils.grading.nbgrader.page_steps import PAGE
from course_utils.grading.nbgrader.release_steps import RELEASE
from course_utils.grading.reports.inert_html import FILTERS
from course_utils.grading.reports.pages import TEMPLATES
from course_utils.neighbours.nbgrader import (
    grade_with,
    page_templates,
    put_alembic_on_the_path,
)
from course_utils.neighbours.nbgrader_databases import keep_the_course_without_a_name
from course_utils.settings import settings

root = Path(__file__).resolve().parent
(root / "grading").mkdir(exist_ok=True)

put_alembic_on_the_path()
keep_the_course_without_a_name()

c = get_config()  # noqa: F821 - traitlets gives it to a configuration file

c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "notebooks"
c.CourseDirectory.release_directory = "grading/release"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.db_url = settings().gradebook

# A release is what the settings say now, never what an earlier run left there.
c.GenerateAssignment.force = True
c.GenerateAssignment.exporter_class = ReleaseExporter
c.GenerateAssignment.preprocessors = RELEASE

# `nbgrader autograde` and Formgrader's button grade as `hitl grade` does.
grade_with(autograde)
c.AssignLatePenalties.plugin_class = LatePenalty

c.ZipCollectApp.collector_plugin = DownloadCollector
c.ZipCollectApp.downloaded_directory = "grading/downloaded"
c.FileNameCollectorPlugin.valid_ext = COLLECTED
c.ExportApp.plugin_class = CsvExport

# Its folder holds only the page, so nothing there says whether it is still up to date.
c.GenerateFeedback.force = True
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = FEEDBACK
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = FILTERS
c.HTMLExporter.preprocessors = PAGE
# nbconvert would refuse a notebook that is none before the first of them can make it one.
c.HTMLExporter.optimistic_validation = True
c.HTMLExporter.extra_template_basedirs = page_templates(TEMPLATES)
