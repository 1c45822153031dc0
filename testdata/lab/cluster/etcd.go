package cluster

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
)

// startEtcd starts a store that keeps its data and its sockets in dir and
// returns when it may be written to. The path of dir must stay well below the
// hundred bytes a socket's name may have.
func startEtcd(ctx context.Context, dir string) (*embed.Etcd, error) {
	socket := func(name string) []url.URL {
		return []url.URL{{Scheme: "unix", Path: filepath.Join(dir, name)}}
	}
	cfg := embed.NewConfig()
	cfg.Dir = filepath.Join(dir, "etcd")
	cfg.ListenClientUrls, cfg.AdvertiseClientUrls = socket("c.sock"), socket("c.sock")
	cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = socket("p.sock"), socket("p.sock")
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	cfg.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.NewNop())
	// Nothing here outlives the process, and one member elects itself.
	cfg.UnsafeNoFsync = true
	cfg.TickMs, cfg.ElectionMs = 10, 100
	etcd, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, fmt.Errorf("start etcd in %q: %w", dir, err)
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case err := <-etcd.Err():
		etcd.Close()
		return nil, fmt.Errorf("start etcd in %q: %w", dir, err)
	case <-ctx.Done():
		etcd.Close()
		return nil, fmt.Errorf("start etcd in %q: %w", dir, ctx.Err())
	}
}

// etcdEndpoint is the flag value that leads an API server to the store in dir.
func etcdEndpoint(dir string) string { return "unix://" + filepath.Join(dir, "c.sock") }
