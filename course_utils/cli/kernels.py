"""The kernels of `hitl lab`: Jupyter's own, with our extension in them."""

from __future__ import annotations

import sys

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

LESSONS = "python3"
EXTENSION = "course_utils.cell_errors.extension"


class CourseKernels(KernelSpecManager):
    """Jupyter's kernels, of which those in Python say below an error what to do."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return how a kernel is started.

        Args:
            kernel_name: the kernel, as `python3`.

        Raises:
            NoSuchKernel: if there is no such kernel.
        """
        spec = super().get_kernel_spec(kernel_name)
        if "ipykernel_launcher" in spec.argv:
            # A kernel warns in the learner's terminal that nobody encrypts what stays on this
            # machine, each time that it starts.
            told = [
                f"--InteractiveShellApp.extra_extensions={EXTENSION}",
                "--IPKernelApp.log_level=ERROR",
            ]
            # Somebody's own kernel of that name may be another Python, without the course.
            python = sys.executable if kernel_name == LESSONS else spec.argv[0]
            spec.argv = [python, *spec.argv[1:], *told]
        return spec
