"""kotlin_test.py PAW MODELS_PROGRAM FOLDER: the generated project's resources compile, its Kotlin type-checks, its unit tests pass.

Type-checked is not built: AndroidX and LiteRT are the signatures of stubs/. Warnings, such as of deprecated calls, are errors.
Exit code 77 (skipped) when a tool or a pinned package is not there and cannot be had.
"""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from maven import fetched  # noqa: E402
from npm import SKIPPED, installed, missing_tool  # noqa: E402
from phone_models import KINDS, make_app, make_models  # noqa: E402

# Debian's: the resources of Android 10, which know all that the app uses.
FRAMEWORK = Path("/usr/share/android-framework-res/framework-res.apk")
TESTS = ("PreprocessTest", "AnswersTest", "ModelReaderTest")


def run(*command, cwd=None):
    """The last lines that it printed; exits when it fails."""
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=cwd)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command[:3]))} ... failed\n{done.stdout[-6000:]}")
    return done.stdout.strip().splitlines()[-1:]


def link_resources(app, folder):
    """The folder with R.java."""
    main = app / "app/src/main"
    run("aapt2", "compile", "--dir", main / "res", "-o", folder / "res.zip")
    # Gradle puts the namespace in; aapt2 alone wants it there.
    manifest = folder / "AndroidManifest.xml"
    manifest.write_text((main / "AndroidManifest.xml").read_text().replace("<manifest ", '<manifest package="dev.pawprint.app" ', 1))
    run("aapt2", "link", "-I", FRAMEWORK, "--manifest", manifest, "--min-sdk-version", 24, "--target-sdk-version", 36, "--java",
        folder / "java", "-o", folder / "resources.apk", folder / "res.zip")
    return folder / "java"


def compile_all(app, compiler, jars, generated, folder):
    classes = folder / "classes"
    sources = [app / "app/src" / part / "kotlin" for part in ("main", "test", "androidTest")]
    classpath = ":".join(map(str, [*jars, compiler / "kotlin-stdlib.jar"]))
    run("java", "-Xmx2g", "-cp", f"{compiler}/*", "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-no-stdlib", "-no-reflect", "-Werror",
        "-jvm-target", 17, "-cp", classpath, "-d", classes, *sources, HERE / "stubs", generated)
    return classes


def run_tests(app, compiler, jars, classes):
    classpath = [app / "app/src/test/resources", classes, compiler / "kotlin-stdlib.jar", *reversed(jars)]
    names = [f"dev.pawprint.app.{test}" for test in TESTS]
    return run("java", "-cp", ":".join(map(str, classpath)), "org.junit.runner.JUnitCore", *names, cwd=app / "app")


def main():
    paw, program, folder = (Path(a).resolve() for a in sys.argv[1:4])
    if tool := missing_tool("java", "npm", "mvn", "aapt2"):
        print(f"skipped: {tool} is not installed")
        return SKIPPED
    if not FRAMEWORK.exists():
        print("skipped: android-framework-res is not installed")
        return SKIPPED
    folder.mkdir(parents=True, exist_ok=True)
    modules, jars = installed(HERE / "package.json", folder / "npm"), fetched(HERE / "maven.txt")
    if modules is None or jars is None:
        print("skipped: no network: the Kotlin compiler or Android's API cannot be had")
        return SKIPPED
    compiler = modules / "kotlin-compiler/lib"
    make_models(paw, program, folder)
    classes = None
    for model in KINDS:
        app = make_app(paw, folder / model, folder / f"app-{model}", "android", "--name", "</string>\"'&@?")
        if classes is None:  # the code is the same for all
            classes = compile_all(app, compiler, jars, link_resources(app, folder), folder)
            print("type-checked")
        print(model, *run_tests(app, compiler, jars, classes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
