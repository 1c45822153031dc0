// Package labtest gives tests a real cluster, a real Git repository and a real
// GitOps engine.
//
// Begin with Start, which joins the lab all packages under test share (and
// builds and starts it when there is none). Then:
//
//	lab := labtest.Start(t)
//	c := lab.Cluster(t)                 // a namespace of one's own in the shared cluster
//	own := lab.NewCluster(t)            // a cluster of one's own: Unplug, DropCRD, RevokeReader, …
//	strict := lab.NewStrictCluster(t)   // one that refuses what a fabric refuses
//	other := lab.NewClusterOf(t, dir)   // one that serves the kinds which the CRDs in a folder define
//	repo := lab.Repo(t)                 // a repository over HTTP, with a work tree
//	repo.Write("fabric/vpc.yaml", doc)
//	sha := repo.Commit("add a VPC")     // commits and pushes
//	e := c.Engine(t, repo, "main", "fabric", labtest.EngineOptions{Prune: true})
//	e.Sync(t)                           // applies it, and waits
//	c.Agent(t, "leaf-1", labtest.AgentSpec{}) // as the controller makes it; c.Report as the switch does
//
// A test about the engine itself takes one of a type, in a cluster of its own:
//
//	app := strict.Application(t, repo, labtest.Application{Type: labtest.ArgoCD, Path: "fabric", Options: …})
//	app.WaitApplied(t, sha)             // or WaitPhase, Wait, WaitObject
//	app.Object(t)                       // the Application or Kustomization, as it is stored
//	app.SyncAs(t, "olga", true)         // a sync by hand
//	strict.HideEngines(t)               // the program may not read it
//
// The program under test is given c.ReaderKubeconfig, or c.Server, c.CAFile and
// c.ReaderToken, and may then only read. The test writes as an operator, with
// Kubectl, Apply and Dynamic, and learns from Audit what the program asked for.
//
// What was made for a test ends with it. A helper that cannot do its work ends
// the test and says what it tried, where, and what to do about it.
//
// # Decisions
//
// The namespace of the shared cluster is not emptied after a test. No controller
// deletes namespaces there, nothing reads another test's, and the lab ends half
// a minute after the last test.
//
// Every opened cluster has its own reader, even in the shared cluster: the same
// name and rights, another token and UID. So Audit shows a test its own
// requests alone, and RevokeReader shuts out nobody else.
//
// Nothing here sleeps for a fixed time. Eventually is there for tests that wait.
package labtest
