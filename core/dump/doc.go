// Package dump reads an offline cluster: a file or a folder of YAML or JSON
// objects or Lists, as kubectl get -o yaml writes them. It is the live side for
// sites that selvage cannot reach, and for the demo. Beside what is compared,
// [Source.ReadAgents] tells of the switches whose agents the dump holds, and
// [Source.Objects] of any other object in it, such as those of a GitOps engine.
//
// # Promises
//
//   - A dump that was read is complete: what the scope asks for and the dump
//     does not hold is absent. An empty one says that the cluster is empty.
//   - A dump that was not read whole proves nothing. One file that cannot be
//     opened, one document that does not parse or is no object, one object
//     given twice, and the whole dump is invalid: no object, nothing covered.
//   - Of an agent, which holds credentials, nothing is kept but what tells how its
//     switch is.
//   - Nothing outside the folder is read, whatever its symbolic links say.
//
// # Decisions
//
// A dump fails as a whole where a Git directory fails file by file. Somebody
// made the dump by one command from one cluster; if part of it is broken, then
// the command went wrong, and which objects are missing nobody can tell.
//
// CustomResourceDefinitions in a dump are not compared; they tell the shapes of
// its kinds. That a kind is not defined proves that the cluster did not serve it
// only where somebody clearly dumped all definitions: where there is one of a
// kind that the scope leaves out, and others of the same group.
//
// A file is read again at every check, whatever its time and size say: a dump is
// replaced by copying another one over it, with whatever of both that leaves. But a
// document that stood in the reading before with the very same text is not parsed
// again, which is nearly all of what a check of a large dump would cost.
//
// Agents and the objects of engines are read apart from what is compared, and only
// files that name their group are parsed for that. That the dump is broken
// elsewhere, Read tells.
//
// Nobody knows when a dump was taken; the times of its files are those of its
// copying. Its agents are as of the newest heartbeat in it. So one that had fallen
// silent is told from those that had not, and a dump of last week is not taken for
// a fabric whose switches are all silent.
//
// Without a definition a resource is found by the plural that its kind would have.
package dump
