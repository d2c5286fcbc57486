"""verbs_test.py PAW MODELS_PROGRAM: `paw app` and `paw serve` as people meet them: refusals, the same bytes twice, what is served."""
import http.client
import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PAW, MODELS_PROGRAM = (Path(a).resolve() for a in sys.argv[1:3])
SOURCES = Path(__file__).resolve().parents[2]


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class VerbsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        subprocess.run([MODELS_PROGRAM, cls.folder], check=True)
        cls.app = cls.folder / "apps"
        cls.paw("app", cls.folder / "colors.paw", "-o", cls.app, "--web")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def paw(cls, *arguments, code=0):
        done = subprocess.run([PAW, *map(str, arguments), "--json", "--quiet"], capture_output=True, text=True, cwd=cls.folder)
        assert done.returncode == code, f"{arguments}: {done.returncode} {done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def refused(self, code, words, *arguments):
        error = self.paw(*arguments, code=code)["error"]
        self.assertIn(words, error["message"] + error["where"])

    def test_same_bytes_twice(self):
        for _ in range(2):
            self.paw("app", "colors.paw", "-o", "again", "--web", "--force")
            self.assertEqual(files(self.folder / "again"), files(self.app))
        self.assertEqual([p.name for p in (self.folder / "again").iterdir()], ["web"])

    def test_names_go_into_page_and_manifest_alone(self):
        name = "</title>\"'&`${x}"
        result = self.paw("app", "colors.paw", "-o", "named", "--web", "--name", name)
        self.assertEqual(result["name"], name)
        self.assertEqual(json.loads((self.folder / "named/web/manifest.webmanifest").read_text())["name"], name)
        self.assertNotIn("</title>\"", (self.folder / "named/web/index.html").read_text())

    def test_refusals_leave_nothing(self):
        before = sorted(self.folder.iterdir())
        new = self.folder / "new"
        self.refused(6, "exists", "app", "colors.paw", "-o", self.app, "--web")
        self.refused(2, "no platform", "app", "colors.paw", "-o", new)
        self.refused(2, "application id", "app", "colors.paw", "-o", new, "--web", "--id", "com.example.x;y")
        self.refused(2, "control character", "app", "colors.paw", "-o", new, "--web", "--name", "a\nb")
        self.refused(2, "inside the sources", "app", "colors.paw", "-o", SOURCES / "src/apps/new", "--web")
        self.refused(6, "", "app", "nothing.paw", "-o", new, "--web")
        self.refused(3, "", "app", "colors.paw", "-o", new, "--web", "--golden", self.app / "web/golden/0.png")
        subprocess.run([PAW, "convert", "--net", "pawnet", "-o", "unlabelled.tflite", "--verify", "none", "--quiet"],
                       cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
        self.refused(4, "no labels", "app", "unlabelled.tflite", "-o", new, "--web")
        os.remove(self.folder / "unlabelled.tflite")
        self.assertEqual(sorted(self.folder.iterdir()), before)
        self.assertFalse((SOURCES / "src/apps/new").exists())

    def test_serves_the_app_and_nothing_else(self):
        (self.folder / "secret").write_text("secret")
        link = self.app / "web/link"
        link.symlink_to(self.folder / "secret")
        server = subprocess.Popen([PAW, "serve", self.app, "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
        try:
            said = iter(server.stdout.readline, "")
            address = json.loads("".join(itertools.takewhile(lambda line: line != "}\n", said)) + "}")["address"]
            port = int(address.rsplit(":", 1)[1].strip("/"))
            types = {"/": "text/html", "/app.js": "text/javascript", "/engine.wasm": "application/wasm",
                     "/manifest.webmanifest": "application/manifest+json", "/model.plan": "application/octet-stream",
                     "/style.css": "text/css", "/icon.svg": "image/svg+xml", "/golden/0.png": "image/png"}
            for path, kind in types.items():
                status, headers, body = self.get(port, path)
                self.assertEqual((status, headers["Content-Type"].split(";")[0]), (200, kind), path)
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(body, (self.app / "web" / (path[1:] or "index.html")).read_bytes())
            for path in ("/../secret", "/%2e%2e/secret", "/..%2fsecret", "/golden/../../../secret", "/link", "//etc/passwd",
                         "/%00", "/nothing"):
                status, _, body = self.get(port, path)
                self.assertIn(status, (400, 403, 404), path)
                self.assertNotIn(b"secret", body)
            self.assertEqual(self.get(port, "/", host="example.com")[0], 403)
            self.refused(6, "taken", "serve", self.app, "--port", port)
            # Another address of this machine, which a server on all of them would have.
            with socket.socket() as other, self.assertRaises(OSError):
                other.connect(("127.0.0.2", port))
        finally:
            server.kill()
            server.wait()
            server.stdout.close()
            link.unlink()
            (self.folder / "secret").unlink()
        self.refused(6, "no such folder", "serve", "nothing")
        self.refused(2, "no port", "serve", self.app, "--port", 70000)

    @staticmethod
    def get(port, path, host=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host or f"127.0.0.1:{port}")
        connection.endheaders()
        response = connection.getresponse()
        answer = response.status, response.headers, response.read()
        connection.close()
        return answer


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
