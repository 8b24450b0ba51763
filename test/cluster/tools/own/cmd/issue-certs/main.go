// issue-certs makes the certificates and keys of a test cluster, as one request on standard input says, into PEM files
// NAME.crt and NAME.key. An authority whose files are already there is used again. It is for throw-away test clusters only.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

type request struct {
	Dir         string
	Authorities []struct{ Name, CommonName string }
	Leaves      []leaf
	KeyPairs    []string
}

type leaf struct {
	Name, Authority, CommonName string
	Organizations, Hosts        []string
	Server, Client              bool
}

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

func main() {
	var asked request
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		fail(fmt.Errorf("the request is not understood: %w", err))
	}
	if err := asked.answer(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "issue-certs:", err)
	os.Exit(1)
}

func (asked request) answer() error {
	for _, wanted := range asked.Authorities {
		if _, err := asked.authority(wanted.Name); err == nil {
			continue
		}
		template := template(wanted.CommonName)
		template.IsCA, template.BasicConstraintsValid = true, true
		template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
		if err := asked.issue(wanted.Name, template, nil); err != nil {
			return err
		}
	}
	for _, wanted := range asked.Leaves {
		signer, err := asked.authority(wanted.Authority)
		if err != nil {
			return fmt.Errorf("%s: authority %q: %w", wanted.Name, wanted.Authority, err)
		}
		if err := asked.issue(wanted.Name, wanted.template(), signer); err != nil {
			return err
		}
	}
	for _, name := range asked.KeyPairs {
		if err := asked.keyPair(name); err != nil {
			return err
		}
	}
	return nil
}

func template(commonName string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		fail(err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: commonName},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(30 * 24 * time.Hour),
	}
}

func (wanted leaf) template() *x509.Certificate {
	made := template(wanted.CommonName)
	made.Subject.Organization = wanted.Organizations
	made.KeyUsage = x509.KeyUsageDigitalSignature
	if wanted.Server {
		made.ExtKeyUsage = append(made.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	if wanted.Client {
		made.ExtKeyUsage = append(made.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	for _, host := range wanted.Hosts {
		if address := net.ParseIP(host); address != nil {
			made.IPAddresses = append(made.IPAddresses, address)
		} else {
			made.DNSNames = append(made.DNSNames, host)
		}
	}
	return made
}

// issue writes a certificate and its key; without a signer it signs itself.
func (asked request) issue(name string, template *x509.Certificate, signer *authority) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	if signer == nil {
		signer = &authority{template, key}
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, signer.certificate, key.Public(), signer.key)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		asked.write(name+".crt", "CERTIFICATE", certificate, 0o644),
		asked.write(name+".key", "PRIVATE KEY", private, 0o600),
	)
}

func (asked request) keyPair(name string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	// Service account keys are read as PKCS #1 or SEC 1.
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	return errors.Join(
		asked.write(name+".key", "EC PRIVATE KEY", private, 0o600),
		asked.write(name+".pub", "PUBLIC KEY", public, 0o644),
	)
}

func (asked request) authority(name string) (*authority, error) {
	certificatePEM, err := os.ReadFile(filepath.Join(asked.Dir, name+".crt"))
	if err != nil {
		return nil, err
	}
	keyPEM, err := os.ReadFile(filepath.Join(asked.Dir, name+".key"))
	if err != nil {
		return nil, err
	}
	certificateBlock, _ := pem.Decode(certificatePEM)
	keyBlock, _ := pem.Decode(keyPEM)
	if certificateBlock == nil || keyBlock == nil {
		return nil, errors.New("not PEM")
	}
	certificate, err := x509.ParseCertificate(certificateBlock.Bytes)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the key can't sign")
	}
	return &authority{certificate, signer}, nil
}

func (asked request) write(name, kind string, content []byte, mode os.FileMode) error {
	return os.WriteFile(filepath.Join(asked.Dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), mode)
}
