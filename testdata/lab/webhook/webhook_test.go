package webhook

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/client-go/rest"

	"selvage/testdata/lab/pki"
)

func TestDiffNamesWhatChanged(t *testing.T) {
	for name, test := range map[string]struct{ before, after, want string }{
		"nothing":           {`{"a":1}`, `{"a":1}`, `null`},
		"a key of a map":    {`{"a":{"b":1,"c":2}}`, `{"a":{"b":1,"c":3}}`, `[{"op":"replace","path":"/a/c","value":3}]`},
		"a new map":         {`{}`, `{"a":{}}`, `[{"op":"add","path":"/a","value":{}}]`},
		"null":              {`{"a":null}`, `{"a":{}}`, `[{"op":"replace","path":"/a","value":{}}]`},
		"to an empty value": {`{"a":1,"b":2}`, `{"a":0,"b":false}`, `[{"op":"replace","path":"/a","value":0},{"op":"replace","path":"/b","value":false}]`},
		"a removed key":     {`{"a":1,"b":2}`, `{"b":2}`, `[{"op":"remove","path":"/a","value":null}]`},
		"a list, whole":     {`{"a":[2,1]}`, `{"a":[1,2]}`, `[{"op":"replace","path":"/a","value":[1,2]}]`},
		"awkward keys":      {`{"a/b":{"~":1}}`, `{"a/b":{"~":2}}`, `[{"op":"replace","path":"/a~1b/~0","value":2}]`},
		"map to scalar":     {`{"a":{}}`, `{"a":1}`, `[{"op":"replace","path":"/a","value":1}]`},
	} {
		var before, after map[string]any
		if err := json.Unmarshal([]byte(test.before), &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(test.after), &after); err != nil {
			t.Fatal(err)
		}
		have, err := json.Marshal(diff(before, after))
		if err != nil || string(have) != test.want {
			t.Errorf("%s: diff(%s, %s) = %s, %v, want %s", name, test.before, test.after, have, err, test.want)
		}
	}
}

// review posts a review and returns the answer's status and body.
func review(t *testing.T, s *Server, body string) (int, []byte) {
	t.Helper()
	client, err := rest.HTTPClientFor(&rest.Config{TLSClientConfig: rest.TLSClientConfig{CAData: s.ca}})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.address+mutatePath, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, answer
}

func TestReviewIsAnsweredWithAPatch(t *testing.T) {
	authority, err := pki.New("test")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	mutate := func(obj map[string]any, at time.Time) {
		if big, isInt := obj["big"].(int64); isInt && at.Equal(now) {
			obj["next"] = big + 1
		}
	}
	s, err := Serve(authority, mutate, func() time.Time { return now }, log.New(io.Discard, "", 0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for object, want := range map[string]string{
		`{"big":4294967296123456789}`: `[{"op":"add","path":"/next","value":4294967296123456790}]`,
		`{"small":"1"}`:               ``,
	} {
		code, body := review(t, s, `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","object":`+object+`}}`)
		var answer admissionv1.AdmissionReview
		if err := json.Unmarshal(body, &answer); err != nil || code != http.StatusOK || answer.Response == nil {
			t.Fatalf("review of %s: %d, %v: %s", object, code, err, body)
		}
		r := answer.Response
		if !r.Allowed || r.UID != "u" || string(r.Patch) != want || (want != "") != (r.PatchType != nil) || answer.Request != nil {
			t.Errorf("review of %s = %+v", object, r)
		}
		if answer.APIVersion != "admission.k8s.io/v1" || !reflect.DeepEqual(answer.Kind, "AdmissionReview") {
			t.Errorf("the answer is %s %s", answer.APIVersion, answer.Kind)
		}
	}
	if code, body := review(t, s, `{}`); code != http.StatusBadRequest {
		t.Errorf("no review: %d: %s", code, body)
	}
	code, body := review(t, s, `{"request":{"uid":"u","object":[]}}`)
	if code != http.StatusOK || !strings.Contains(string(body), `"allowed":false`) {
		t.Errorf("no object: %d: %s", code, body)
	}
}
