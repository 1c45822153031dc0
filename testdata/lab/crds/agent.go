package crds

// agentKinds is the one kind of agent.githedgehog.com the lab has. The columns
// are those of fabric v0.129.1, with which kubectl get agents is what operators
// look at first.
func agentKinds() []kind {
	return []kind{{
		kind: "Agent", plural: "agents", short: []string{"ag"},
		columns: []column{
			{"Profile", ".spec.switch.profile", "string", 0},
			{"Role", ".spec.role", "string", 0},
			{"Descr", ".spec.description", "string", 1},
			{"HWSKU", ".status.state.nos.hwskuVersion", "string", 1},
			{"Heartbeat", ".status.lastHeartbeat", "date", 0},
			{"Applied", ".status.lastAppliedTime", "date", 0},
			{"AppliedG", ".status.lastAppliedGen", "integer", 0},
			{"CurrentG", ".metadata.generation", "integer", 0},
			{"Version", ".status.version", "string", 0},
			{"RebootReq", ".status.rebootRequired", "boolean", 1},
			{"Software", ".status.state.nos.softwareVersion", "string", 1},
			{"Attempt", ".status.lastAttemptTime", "date", 2},
			{"AttemptG", ".status.lastAttemptGen", "integer", 2},
			{"RoCE", ".spec.switch.roce", "boolean", 3},
			{"CurrRoCE", ".status.state.roce", "boolean", 3},
			{"ECMPQPN", ".spec.switch.ecmp.roceQPN", "boolean", 3},
		},
		spec: object(fields{
			"role": text, "description": text, "switch": switchSpec(),
			"users":   list(object(fields{"name": text, "password": text, "role": text})),
			"version": object(fields{"default": text, "username": text, "password": text}),
		}),
		status: fields{
			"lastHeartbeat": moment, "version": text, "rebootRequired": flag,
			"lastAppliedGen": number, "lastAppliedTime": moment,
			"lastAttemptGen": number, "lastAttemptTime": moment,
			"state": object(fields{
				"nos":  object(fields{"hwskuVersion": text, "softwareVersion": text}),
				"roce": flag,
			}),
		},
	}}
}
