// project.mjs NODE_MODULES APP: reads the project file; every reference leads to a file, every source and resource of the app is in
// a build phase, and ids are unique.
import {createRequire} from 'node:module';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join, relative} from 'node:path';

const [modules, app] = process.argv.slice(2);
const xcode = createRequire(join(modules, 'x.js'))('xcode');
const path = join(app, 'PhotoApp.xcodeproj/project.pbxproj');
const objects = xcode.project(path).parseSync().hash.project.objects;

function fail(words) {
  console.error(words);
  process.exit(1);
}

const plain = (text) => text?.replace(/^"|"$/g, '');
const all = (kind) => Object.entries(objects[kind] ?? {}).filter(([id]) => !id.endsWith('_comment'));
const ids = Object.values(objects).flatMap((section) => Object.keys(section).filter((id) => !id.endsWith('_comment')));
if (new Set(ids).size !== ids.length) fail('an id stands twice');
for (const id of ids) if (!/^[0-9A-F]{24}$/.test(id)) fail(`${id} is no id`);
for (const [id] of readFileSync(path, 'utf8').matchAll(/\b[0-9A-F]{24}\b/g)) if (!ids.includes(id)) fail(`${id} leads nowhere`);

// Paths of all references, by their ids, along the groups.
const paths = new Map();
function visit(id, folder) {
  const group = objects.PBXGroup[id] ?? objects.PBXVariantGroup?.[id];
  if (group === undefined) {
    const file = objects.PBXFileReference[id];
    if (plain(file.sourceTree) === '<group>') paths.set(id, join(folder, plain(file.path)));
    return;
  }
  const here = group.path === undefined ? folder : join(folder, plain(group.path));
  for (const child of group.children) visit(child.value, here);
}
const [[, project]] = all('PBXProject');
visit(project.mainGroup, app);
for (const at of paths.values()) if (!existsSync(at)) fail(`${at} is not there`);

const built = new Set();
for (const kind of ['PBXSourcesBuildPhase', 'PBXResourcesBuildPhase']) {
  for (const [, phase] of all(kind)) {
    for (const file of phase.files) {
      const target = objects.PBXBuildFile[file.value].fileRef;
      const parts = objects.PBXVariantGroup[target]?.children.map((child) => child.value) ?? [target];
      for (const part of parts) built.add(relative(app, paths.get(part)));
    }
  }
}
function below(folder) {
  return readdirSync(folder).flatMap((name) => {
    const at = join(folder, name);
    const whole = name === 'Data' || name.endsWith('.mlpackage') || !statSync(at).isDirectory();
    return whole ? [relative(app, at)] : below(at);
  });
}
const there = [...below(join(app, 'App')), ...below(join(app, 'Tests'))].filter((name) => name !== 'App/Info.plist');
for (const name of there) if (!built.has(name)) fail(`${name} is in no build phase`);
console.log(`project: ${ids.length} objects, ${paths.size} files, all there`);
