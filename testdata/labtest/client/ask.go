package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Ask sends one request to the lab and returns its answer. The verbs and what
// they take and answer are in wire.go.
func Ask[Answer, Request any](ctx context.Context, s *Session, verb string, request Request) (Answer, error) {
	var answer Answer
	body, err := json.Marshal(request)
	if err != nil {
		return answer, fmt.Errorf("ask the lab for %s: encode: %w", verb, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://lab"+VerbPath+verb, bytes.NewReader(body))
	if err != nil {
		return answer, fmt.Errorf("ask the lab for %s: %w", verb, err)
	}
	req.Header.Set(LeaseHeader, s.lease)
	resp, err := s.client.Do(req)
	if err != nil {
		return answer, fmt.Errorf("ask the lab for %s: %w; its log is %s", verb, err, s.LogFile())
	}
	defer resp.Body.Close()
	decoder := json.NewDecoder(resp.Body)
	if resp.StatusCode != http.StatusOK {
		var failure Failure
		if err := decoder.Decode(&failure); err != nil {
			failure.Error = resp.Status
		}
		return answer, fmt.Errorf("ask the lab: %s", failure.Error)
	}
	if err := decoder.Decode(&answer); err != nil {
		return answer, fmt.Errorf("ask the lab for %s: decode: %w", verb, err)
	}
	return answer, nil
}
